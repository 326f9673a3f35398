import { nowMs } from '../clock.ts'
import { IngestLog } from '../ingest/ingest-log.ts'
import { IngestRecorder } from '../ingest/recorder.ts'
import { TsMedia } from '../ingest/srt/media.ts'
import { type Frame, type Metadata, TICKS_PER_SECOND, type Track } from '../live/frame.ts'
import type { LiveStream, StreamEnd, Subscriber } from '../live/live-stream.ts'
import { type FragmentPacket, type InitPacket, mediaOf, type Packet } from '../live/packet.ts'
import { VIDEO_TRACK_ID } from '../wire/fmp4-init.ts'
import { samplesOf } from '../wire/fmp4-samples.ts'
import { TS_CLOCK_WRAP } from '../wire/mpeg-ts.ts'
import { ffmpegArgs, type Work } from './ffmpeg-args.ts'
import { FrameMixer } from './frame-mixer.ts'
import { MAX_ARRIVALS, MAX_RESTARTS, RESTART_PAUSE_MS, RESTART_WINDOW_MS } from './limits.ts'
import { MediaProcess } from './media-process.ts'

/** Where what was made goes. */
export interface DerivedTarget {
  track(track: Track): void
  frame(frame: Frame): void
  metadata(metadata: Metadata): void
  /** It is over: with the source, or because the process would not run (`failed`). Called once. */
  end(reason: StreamEnd | 'failed', words: string): void
}

export interface DerivedOptions {
  readonly source: LiveStream
  readonly work: Work
  readonly ffmpeg: string
  readonly target: DerivedTarget
}

/** Nothing is kept of what the process sends: it is no encoder of ours to judge. */
const NO_LOG = { maxRecords: 1, maxFrames: 0, maxEventBytes: 16_384 }

/**
 * A stream made out of another one: ffmpeg makes one of its tracks anew, the other is copied. Times
 * are those of the source, so the two can be exchanged at any key frame.
 */
export class DerivedStream implements Subscriber {
  readonly #options: DerivedOptions
  readonly #made: Frame['track']
  readonly #mixer: FrameMixer
  #init: InitPacket | undefined
  #process: MediaProcess | undefined
  #skipping = false
  #restarts: number[] = []
  #timer: NodeJS.Timeout | undefined
  /** Decode times of what was handed on, 90 kHz ticks. */
  readonly #handed = { video: Number.NEGATIVE_INFINITY, audio: Number.NEGATIVE_INFINITY }
  #waitsForKey = false
  #arrivals: { readonly dts: number; readonly at: number }[] = []
  #over = false

  constructor(options: DerivedOptions) {
    this.#options = options
    this.#made = options.work.kind === 'video' ? 'video' : 'audio'
    this.#mixer = new FrameMixer((frame) => this.#hand(frame))
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  start(): void {
    this.#options.source.subscribe(this)
    this.#begin()
  }

  packet(packet: Packet): void {
    if (packet.kind === 'metadata') {
      const { handler, value, time: dts } = packet
      this.#options.target.metadata({ handler, value, dts })
    } else if (packet.kind === 'init') this.#use(packet)
    else if (packet.kind === 'fragment' && this.#init !== undefined) this.#feed(packet)
  }

  end(reason: StreamEnd): void {
    this.#finish(reason, '')
  }

  /** Nobody wants it any more. Idempotent. */
  stop(): void {
    this.#finish('stopped', '')
  }

  /** With what the source has cached, so that it starts on a key frame. */
  #begin(): void {
    const { init, cached } = this.#options.source
    if (init === undefined || this.#over) return
    this.#use(init)
    for (const packet of cached) if (packet.kind === 'fragment') this.#feed(packet)
  }

  /** Other tracks need another process. */
  #use(init: InitPacket): void {
    this.#process?.kill()
    clearTimeout(this.#timer)
    this.#mixer.reset()
    this.#arrivals = []
    this.#init = init
    const { target, ffmpeg, work } = this.#options
    const copied = this.#made === 'video' ? init.tracks.audio : init.tracks.video
    if (init.tracks[this.#made] === undefined) return
    if (copied !== undefined) target.track(copied)
    const media = this.#reader()
    this.#skipping = false
    this.#process = new MediaProcess(ffmpeg, ffmpegArgs(work), {
      output: (bytes) => media.push(bytes, nowMs(), nowMs()),
      end: (words) => this.#died(words),
    })
    this.#process.write(mediaOf(init))
  }

  #feed(packet: FragmentPacket): void {
    const process = this.#process
    if (process === undefined) return
    for (const frame of this.#framesOf(packet)) {
      if (frame.track !== this.#made) this.#mixer.copy(frame)
      else {
        this.#arrivals.push({ dts: frame.dts, at: frame.arrivedAt })
        if (this.#arrivals.length > MAX_ARRIVALS) this.#arrivals.shift()
      }
    }
    if (this.#skipping && !packet.key) return
    this.#skipping = !process.write(mediaOf(packet))
  }

  #framesOf(packet: FragmentPacket): Frame[] {
    const rate = this.#init?.tracks.audio?.sampleRate ?? TICKS_PER_SECOND
    return samplesOf(mediaOf(packet)).map((sample) => {
      const { decodeTime, compositionOffset, key, data } = sample
      const video = sample.trackId === VIDEO_TRACK_ID
      const scale = video ? 1 : TICKS_PER_SECOND / rate
      return {
        track: video ? 'video' : 'audio',
        dts: decodeTime * scale,
        pts: (decodeTime + compositionOffset) * scale,
        key,
        data,
        arrivedAt: packet.arrivedAt,
      }
    })
  }

  #reader(): TsMedia {
    const { target } = this.#options
    const now = nowMs()
    const session = { session: 'processing', protocol: 'srt', remote: '', now } as const
    const recorder = new IngestRecorder(new IngestLog(NO_LOG), session)
    return new TsMedia(
      recorder,
      {
        streamName: this.#options.source.name,
        track: (track) => target.track(track),
        frame: (frame) => this.#mixer.make(this.#dated(frame)),
        metadata: () => {},
        end: () => {},
        onRevoked: () => {},
      },
      now,
    )
  }

  /** On the source's timeline, which 33 bits do not hold, and as old as what it was made of. */
  #dated(frame: Frame): Frame {
    const newest = this.#arrivals.at(-1)?.dts ?? frame.dts
    const laps = Math.round((newest - frame.dts) / TS_CLOCK_WRAP) * TS_CLOCK_WRAP
    const [dts, pts] = [frame.dts + laps, frame.pts + laps]
    const origin = this.#arrivals.findLast((arrival) => arrival.dts <= pts)
    return { ...frame, dts, pts, arrivedAt: origin?.at ?? frame.arrivedAt }
  }

  /** A process that is made again begins with what is cached: none of that goes out twice. */
  #hand(frame: Frame): void {
    const { track, dts, key } = frame
    const video = track === 'video'
    if (dts <= this.#handed[track]) {
      this.#waitsForKey ||= video
      return
    }
    if (video && this.#waitsForKey && !key) return
    if (video) this.#waitsForKey = false
    this.#handed[track] = dts
    this.#options.target.frame(frame)
  }

  #died(words: string): void {
    this.#process = undefined
    if (this.#over) return
    const now = nowMs()
    this.#restarts = this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS)
    if (this.#restarts.length >= MAX_RESTARTS) {
      this.#finish('failed', words)
      return
    }
    this.#restarts.push(now)
    this.#timer = setTimeout(() => this.#begin(), RESTART_PAUSE_MS).unref()
  }

  #finish(reason: StreamEnd | 'failed', words: string): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#options.source.unsubscribe(this)
    this.#process?.kill()
    this.#process = undefined
    this.#options.target.end(reason, words)
  }
}
