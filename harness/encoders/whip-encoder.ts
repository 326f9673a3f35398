import { packetizeH264 } from '../../reference-impl/wire/rtp-h264.ts'
import { UsageError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { stampTimeUs } from '../measure/stamp.ts'
import { type Clip, loadClip } from './clip.ts'
import type { Encoder, EncoderEnd, EncoderOptions, EncoderStats } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { LATE_MS } from './limits.ts'
import type { Profile } from './profile.ts'
import { Reconnecting } from './reconnecting.ts'
import { scheduler, type Task } from './scheduler.ts'
import { Timeline } from './timeline.ts'
import type { Unit } from './unit.ts'
import { WhipConnection } from './whip-connection.ts'
import { compositionMsOf, nalUnitsOf, opusPacketOf, parameterSetsOf } from './whip-media.ts'
import type { WhipWire } from './whip-wire.ts'

/** Sends a clip round and round over WHIP, as a profile says. */
export class WhipEncoder implements Encoder, Task {
  readonly profile: Profile
  readonly streamName: string
  readonly streamTag: string
  readonly stats: EncoderStats = {
    framesSent: 0,
    framesDropped: 0,
    bytesSent: 0,
    lateSends: 0,
    maxLatenessMs: 0,
    reconnects: 0,
    lastStatus: null,
  }
  readonly #options: EncoderOptions
  readonly #wire: WhipWire
  readonly #video: Clip | null
  readonly #audio: Clip | null
  readonly #parameterSets: readonly Uint8Array[]
  readonly #closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
  readonly #reconnectListeners: (() => void)[] = []
  readonly #reconnecting: Reconnecting
  #connection: WhipConnection | null = null
  #timeline: Timeline | null = null
  /** ms of `nowMs`, when the current connection began to publish */
  #origin = 0
  #nextVideo = 0
  #nextAudio = 0
  /** Frame with which the clip last began, so that a key frame can be had at any time. */
  #clipStart = 0
  #keyWanted = false
  #paused = false
  #ended = false

  /** @throws UsageError `LP_PROFILE_INVALID` for a profile that does not say how it uses WHIP */
  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    if (!profile.whip) {
      throw new UsageError('LP_PROFILE_INVALID', `profile "${profile.id}" has no WHIP`)
    }
    this.profile = profile
    this.#wire = profile.whip
    this.streamName = options.to.streamName
    this.streamTag = streamTag
    this.#options = options
    const { video = profile.media.video, audio = profile.whip.audio } = options.clipOverride ?? {}
    this.#video = video === null ? null : loadClip(video)
    this.#audio = audio === null ? null : loadClip(audio)
    this.#parameterSets = parameterSetsOf(this.#video)
    this.#reconnecting = new Reconnecting(profile.behaviour.reconnect)
  }

  get closed(): Promise<{ readonly reason: EncoderEnd; readonly message: string }> {
    return this.#closed.promise
  }

  /** Connects and begins to send. @throws EncoderError */
  async start(): Promise<void> {
    try {
      await this.#publish()
    } catch (error) {
      this.#end('disconnected', String(error))
      throw error
    }
  }

  async stop(): Promise<void> {
    const connection = this.#connection
    this.#end('stopped', 'stopped', connection?.stop.bind(connection))
    await this.closed
  }

  abort(): void {
    this.#end('aborted', 'aborted')
    this.#connection?.cut()
  }

  drop(): void {
    this.#connection?.cut()
    this.#lost()
  }

  pause(): void {
    this.#paused = true
    scheduler.cancel(this)
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    const now = nowMs()
    for (let unit = this.#timeline?.peek(); unit; unit = this.#timeline?.peek()) {
      if (this.#origin + unit.sendMs >= now) break
      this.#timeline?.take()
    }
    this.#keyWanted = true
    this.#schedule()
  }

  onReconnect(listener: () => void): void {
    this.#reconnectListeners.push(listener)
  }

  /** Sends all that is due. */
  run(now: number): number | null {
    const connection = this.#connection
    const timeline = this.#timeline
    if (!connection || !timeline || this.#paused) return null
    for (;;) {
      const unit = timeline.peek()
      if (!unit) return null
      const due = this.#origin + unit.sendMs
      if (due > now + 0.5) return due
      timeline.take()
      const late = now - due
      if (late > this.stats.maxLatenessMs) this.stats.maxLatenessMs = late
      if (late >= LATE_MS) this.stats.lateSends++
      if (unit.track === 'video') this.#sendVideo(connection, unit)
      else this.#sendAudio(connection, unit)
      this.stats.framesSent++
    }
  }

  #sendVideo(connection: WhipConnection, unit: Unit): void {
    this.#nextVideo = unit.frame + 1
    const clip = this.#video
    if (!clip || !connection.video) return
    if (this.#keyWanted) {
      this.#keyWanted = false
      this.#clipStart = unit.frame
    }
    const { length } = clip.frames
    // The frame that the timeline chose, unless the clip was begun anew for a key frame.
    const shifted = clip.frames[(unit.frame - this.#clipStart) % length]
    const { body, key } = this.#clipStart === 0 || !shifted ? unit : shifted
    const stamp = { streamTag: this.streamTag, frame: unit.frame, timeUs: stampTimeUs() }
    const units = nalUnitsOf(body, key, this.#parameterSets, stamp)
    const payloads = packetizeH264(units, this.#wire.fragmentBytes)
    const presented = unit.dtsMs + compositionMsOf(body)
    this.stats.bytesSent += connection.video.send(payloads, presented, true)
  }

  #sendAudio(connection: WhipConnection, unit: Unit): void {
    this.#nextAudio = unit.frame + 1
    // The marker begins a talkspurt (RFC 7587 §4.1), of which there is one.
    const packet = opusPacketOf(unit.body)
    this.stats.bytesSent += connection.audio?.send([packet], unit.dtsMs, unit.frame === 0) ?? 0
  }

  async #publish(): Promise<void> {
    const { to } = this.#options
    const connection = await WhipConnection.open({
      wire: this.#wire,
      url: to.url,
      token: to.streamName,
      hasVideo: this.#video !== null,
      hasAudio: this.#audio !== null,
      onPli: () => {
        if (this.#wire.answersPli) this.#keyWanted = true
      },
      onClose: () => this.#lost(),
    }).catch((error: unknown) => {
      if (error instanceof EncoderError)
        this.stats.lastStatus = error.status ?? this.stats.lastStatus
      throw error
    })
    if (this.#ended) {
      await connection.stop()
      return
    }
    this.stats.lastStatus = '201'
    this.#connection = connection
    // What comes after a reconnect begins with a key frame.
    this.#clipStart = this.#nextVideo
    this.#timeline = new Timeline({
      video: this.#video,
      audio: this.#audio,
      videoStartMs: 0,
      misbehaviours: this.profile.behaviour.misbehaviours,
      firstVideoFrame: this.#nextVideo,
      firstAudioFrame: this.#nextAudio,
    })
    this.#origin = nowMs()
    this.#schedule()
  }

  #schedule(): void {
    const unit = this.#timeline?.peek()
    if (!unit || this.#paused || this.#ended) return
    scheduler.schedule(this, this.#origin + unit.sendMs)
  }

  #lost(): void {
    if (this.#ended || this.#connection === null) return
    scheduler.cancel(this)
    this.#connection = null
    this.#timeline = null
    this.#retry('the connection was lost')
  }

  #retry(why: string): void {
    const waits = this.#reconnecting.again(() => {
      this.#publish().then(
        () => {
          if (this.#ended) return
          this.#reconnecting.succeeded()
          this.stats.reconnects++
          for (const listener of this.#reconnectListeners) listener()
        },
        (error: unknown) => {
          if (this.#ended) return
          const refused = error instanceof EncoderError && error.code === 'LP_ENCODER_REFUSED'
          if (refused) this.#end('refused', error.message)
          else this.#retry(String(error))
        },
      )
    })
    if (!waits) this.#end('disconnected', why)
  }

  /** The one way out, taken once. */
  #end(reason: EncoderEnd, message: string, close?: () => Promise<void>): void {
    if (this.#ended) return
    this.#ended = true
    scheduler.cancel(this)
    this.#reconnecting.cancel()
    const closed = { reason, message }
    if (close) void close().then(() => this.#closed.resolve(closed))
    else this.#closed.resolve(closed)
  }
}
