import { writeInit } from '../wire/fmp4-init.ts'
import { frameSamplesOf } from './audio-frame-samples.ts'
import { AudioTimeline } from './audio-timeline.ts'
import { ClockMap } from './clock-map.ts'
import { composedAtOf } from './composed-at.ts'
import { FragmentBuilder } from './fragment-builder.ts'
import { type Frame, type Metadata, TICKS_PER_SECOND, type Track } from './frame.ts'
import { HeldFrames } from './held-frames.ts'
import { AUDIO_GROUP_MS, AUDIO_HOLD_MS, TRACK_WAIT_MS } from './limits.ts'
import {
  type DiscontinuityReason,
  type InitPacket,
  PACKET_HEADROOM,
  type Packet,
  type TrackSet,
  tracksOf,
} from './packet.ts'
import type { LiveSeams } from './seams.ts'
import type { Timeline } from './timeline.ts'
import { VideoTimeline } from './video-timeline.ts'

/**
 * Turns the frames of one live stream into fragmented MP4, once for all viewers. Knows neither
 * sockets nor timers: time passes with the frames' arrival. `docs/decisions/fragment-timeline.md`.
 */
export class Packager {
  readonly #emit: (packet: Packet) => void
  readonly #seams: LiveSeams
  readonly #timeline: Timeline | undefined
  readonly #fragments: FragmentBuilder
  readonly #clocks = new ClockMap()
  readonly #held = new HeldFrames()
  /** What the encoder announced in this session. */
  #announced: TrackSet = {}
  /** What the current initialisation segment holds. */
  #active: TrackSet | undefined
  #running = false
  #startReason: DiscontinuityReason = 'republished'
  #video = new VideoTimeline()
  #audio: AudioTimeline | undefined
  #audioRate = 0
  #frameSamples: (frame: Uint8Array) => number = () => 1
  /** Audio of a new session is dropped while it overlaps what was sent of the last one. */
  #audioSettling = true
  #oldestAudio: Frame | undefined

  /** @param timeline that of a group; without it a stream begins at 0, and goes on where it was */
  constructor(emit: (packet: Packet) => void, seams: LiveSeams, timeline?: Timeline) {
    this.#emit = emit
    this.#timeline = timeline
    this.#seams = seams
    this.#fragments = new FragmentBuilder(seams)
  }

  get announced(): TrackSet {
    return this.#announced
  }

  /** Another publication begins; viewers stay, so the timeline goes on. */
  restart(): void {
    this.flush()
    this.#clocks.restart()
    this.#held.take()
    this.#announced = {}
    this.#running = false
    this.#startReason = 'republished'
    this.#audioSettling = true
  }

  /** Announces a track, or its change. The same again changes nothing. */
  track(track: Track): void {
    const known = this.#announced[track.kind]
    if (known !== undefined && sameTrack(known, track)) return
    this.#announced = { ...this.#announced, [track.kind]: track }
    if (!this.#running) return
    this.flush()
    this.#running = false
    this.#startReason = 'tracks-changed'
  }

  frame(frame: Frame): void {
    if (this.#announced[frame.track] === undefined) return
    if (this.#running) {
      this.#package(frame)
      return
    }
    this.#held.add(frame)
    if (this.#canStart(frame.arrivedAt)) this.#start()
  }

  metadata(metadata: Metadata): void {
    this.#emit({
      kind: 'metadata',
      handler: metadata.handler,
      value: metadata.value,
      time: this.#outputs().video ?? this.#outputs().audio ?? 0,
    })
  }

  /** Sends what waits to be sent with a later frame. */
  flush(): void {
    const packet = this.#fragments.finish(this.#active?.video !== undefined)
    this.#oldestAudio = undefined
    if (packet !== undefined) this.#emit(packet)
  }

  #canStart(now: number): boolean {
    if (this.#held.empty) return false
    const { video, audio } = this.#announced
    if (video !== undefined && this.#held.key === undefined) return false
    if (video !== undefined && audio !== undefined) return true
    const settled = this.#startReason === 'tracks-changed'
    return settled || this.#held.full || this.#held.waited(now) >= TRACK_WAIT_MS
  }

  #start(): void {
    const tracks = this.#announced
    const before = this.#active
    const init = before === undefined || !sameTracks(before, tracks)
    if (before !== undefined) {
      this.#emit({
        kind: 'discontinuity',
        reason: this.#startReason,
        init,
        sequence: this.#fragments.sequence,
      })
    }
    if (tracks.audio !== undefined) {
      this.#useAudioRate(tracks.audio.sampleRate)
      this.#frameSamples = frameSamplesOf(tracks.audio)
    }
    this.#active = tracks
    if (init) this.#emit(this.#initPacket(tracks))
    this.#running = true
    const { key } = this.#held
    const frames = this.#held.take()
    // Video leads: the key frame goes where the output stands, audio falls into place around it.
    if (key !== undefined) this.#begin(key, before === undefined)
    for (const frame of frames) this.#package(frame)
  }

  #begin(key: Frame, first: boolean): void {
    const next = this.#nextFor(key)
    if (first && this.#timeline !== undefined) this.#video = new VideoTimeline(next.video)
    this.#clocks.map('video', key.dts, next)
  }

  #initPacket(tracks: TrackSet): InitPacket {
    const bytes = writeInit(tracksOf(this.#seams.initTracks(tracks)))
    const buffer = Buffer.alloc(PACKET_HEADROOM + bytes.length)
    buffer.set(bytes, PACKET_HEADROOM)
    return { kind: 'init', tracks, buffer }
  }

  #useAudioRate(rate: number): void {
    if (rate === this.#audioRate) return
    const next = this.#audio?.next
    this.#audio = new AudioTimeline(
      rate,
      next === undefined ? undefined : Math.ceil((next * rate) / this.#audioRate),
    )
    this.#audioRate = rate
  }

  #package(frame: Frame): void {
    if (frame.track === 'video') this.#packageVideo(frame)
    else this.#packageAudio(frame)
  }

  #packageVideo(frame: Frame): void {
    if (frame.key && this.#fragments.videoSamples > 0) this.flush()
    const shift = this.#shift(frame)
    const timed = this.#video.place(frame.dts + shift, frame.pts + shift)
    const { arrivedAt } = frame
    const composedAt = composedAtOf(frame, this.#active?.video?.codec)
    this.#fragments.addVideo(
      timed.decodeTime,
      { arrivedAt, composedAt },
      {
        data: frame.data,
        duration: timed.duration,
        compositionOffset: timed.compositionOffset,
        key: frame.key,
      },
    )
    if (this.#seams.endsFragment(this.#fragments.videoSamples)) this.flush()
  }

  #packageAudio(frame: Frame): void {
    const track = this.#active?.audio
    const timeline = this.#audio
    if (track === undefined || timeline === undefined) return
    const ticks = this.#seams.audioTime(frame.dts + this.#shift(frame))
    const time = (ticks * track.sampleRate) / TICKS_PER_SECOND
    const samples = this.#frameSamples(frame.data)
    if (this.#audioSettling && time + samples / 2 < (timeline.next ?? 0)) return
    this.#audioSettling = false
    const timed = timeline.place(time, samples)
    this.#fragments.addAudio(timed.decodeTime, track.sampleRate, frame.arrivedAt, {
      data: frame.data,
      duration: timed.duration,
      compositionOffset: 0,
      key: true,
    })
    this.#oldestAudio ??= frame
    const nextMs = (samples * 1000) / track.sampleRate
    if (this.#audioIsDue(frame, nextMs)) this.flush()
  }

  /** Whether the audio collected can wait for no further frame. */
  #audioIsDue(newest: Frame, frameMs: number): boolean {
    if (this.#active?.video === undefined) {
      return this.#fragments.audioMs + frameMs > AUDIO_GROUP_MS
    }
    const oldest = this.#oldestAudio ?? newest
    const stampsMs = ((newest.dts - oldest.dts) * 1000) / TICKS_PER_SECOND
    return Math.max(stampsMs, newest.arrivedAt - oldest.arrivedAt) >= AUDIO_HOLD_MS
  }

  #shift(frame: Frame): number {
    const { shift, jumped } = this.#clocks.map(frame.track, frame.dts, this.#nextFor(frame))
    // A jump is the stream's; it is declared with its video, or with its audio when that is all.
    if (jumped && (frame.track === 'video' || this.#active?.video === undefined)) {
      this.flush()
      const { sequence } = this.#fragments
      this.#emit({ kind: 'discontinuity', reason: 'timestamp-jump', init: false, sequence })
    }
    return shift
  }

  /** Where a frame goes whose clock is not known yet: where the output stands, or its group is. */
  #nextFor({ track, dts, arrivedAt }: Frame) {
    const next = this.#outputs()
    const placed = this.#timeline?.place(dts, arrivedAt)
    return placed === undefined ? next : { ...next, [track]: Math.max(placed, next[track] ?? 0) }
  }

  #outputs(): { video: number | undefined; audio: number | undefined } {
    const audio = this.#audio?.next
    return {
      video: this.#active?.video === undefined ? undefined : this.#video.next,
      audio: audio === undefined ? undefined : (audio * TICKS_PER_SECOND) / this.#audioRate,
    }
  }
}

function sameTracks(a: TrackSet, b: TrackSet): boolean {
  return sameTrack(a.video, b.video) && sameTrack(a.audio, b.audio)
}

function sameTrack(a: Track | undefined, b: Track | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.codec !== b.codec || a.codecString !== b.codecString) return false
  if (Buffer.compare(a.config, b.config) !== 0) return false
  if (a.kind === 'video') return b.kind === 'video' && a.width === b.width && a.height === b.height
  return b.kind === 'audio' && a.sampleRate === b.sampleRate && a.channels === b.channels
}
