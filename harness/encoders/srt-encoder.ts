import { UsageError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { stampTimeUs } from '../measure/stamp.ts'
import { type Clip, loadClip } from './clip.ts'
import type { Encoder, EncoderEnd, EncoderOptions, EncoderStats } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { LATE_MS } from './limits.ts'
import { videoPayload } from './media-payload.ts'
import type { Profile } from './profile.ts'
import { Reconnecting } from './reconnecting.ts'
import { scheduler, type Task } from './scheduler.ts'
import { SrtConnection } from './srt-connection.ts'
import { SrtMedia } from './srt-media.ts'
import type { SrtWire } from './srt-wire.ts'
import { Timeline } from './timeline.ts'
import type { Unit } from './unit.ts'

/** Sends a clip round and round over SRT, as a profile says. */
export class SrtEncoder implements Encoder, Task {
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
  readonly #wire: SrtWire
  readonly #video: Clip | null
  readonly #audio: Clip | null
  readonly #closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
  readonly #reconnectListeners: (() => void)[] = []
  readonly #reconnecting: Reconnecting
  #connection: SrtConnection | null = null
  #media: SrtMedia | null = null
  #timeline: Timeline | null = null
  /** ms of `nowMs`, when the current connection began to publish */
  #origin = 0
  #nextVideo = 0
  #nextAudio = 0
  /** Frames are left out until the next key frame. */
  #skipping = false
  #paused = false
  #ended = false

  /** @throws UsageError `LP_PROFILE_INVALID` for a profile that does not say how it uses SRT */
  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    if (!profile.srt) {
      throw new UsageError('LP_PROFILE_INVALID', `profile "${profile.id}" has no SRT`)
    }
    this.profile = profile
    this.#wire = profile.srt
    this.streamName = options.to.streamName
    this.streamTag = streamTag
    this.#options = options
    const { video = profile.media.video, audio = profile.media.audio } = options.clipOverride ?? {}
    this.#video = video === null ? null : loadClip(video)
    this.#audio = audio === null ? null : loadClip(audio)
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
      this.#skipping = true
    }
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
      if (unit.track === 'video' && unit.key) this.#skipping = false
      // Live SRT never waits: what the network cannot take is lost.
      if (connection.congested || (this.#skipping && unit.track === 'video')) {
        this.#skipping = true
        this.stats.framesDropped++
      } else {
        this.#send(connection, unit)
      }
    }
  }

  #send(connection: SrtConnection, unit: Unit): void {
    if (unit.announces) this.#media?.announce(unit.announces)
    let { body } = unit
    if (unit.track === 'video') {
      const stamp = { streamTag: this.streamTag, frame: unit.frame, timeUs: stampTimeUs() }
      body = videoPayload(unit, stamp)
      this.#nextVideo = unit.frame + 1
    } else {
      this.#nextAudio = unit.frame + 1
    }
    for (const payload of this.#media?.frame(unit.track, unit.dtsMs, unit.key, body) ?? []) {
      if (connection.send(payload)) this.stats.bytesSent += payload.length
    }
    this.stats.framesSent++
  }

  async #publish(): Promise<void> {
    const { to } = this.#options
    const connection = await SrtConnection.open({
      wire: this.#wire,
      url: to.url,
      streamName: to.streamName,
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
    this.stats.lastStatus = 'connected'
    this.#connection = connection
    this.#skipping = false
    this.#media = new SrtMedia(this.#wire, this.#video, this.#audio)
    this.#timeline = new Timeline({
      video: this.#video,
      audio: this.#audio,
      videoStartMs: this.profile.media.videoStartMs,
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
