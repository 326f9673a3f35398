import { nowMs } from '../measure/clock.ts'
import { reconnectPolicy } from './behaviour.ts'
import { type Clip, loadClip } from './clip.ts'
import type { Encoder, EncoderEnd, EncoderOptions, EncoderStats } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { LATE_MS } from './limits.ts'
import { noStats } from './no-stats.ts'
import type { Profile } from './profile.ts'
import { Reconnecting } from './reconnecting.ts'
import { scheduler, type Task } from './scheduler.ts'
import { Timeline } from './timeline.ts'
import type { Unit } from './unit.ts'

/** What every protocol's connection can do. */
export interface EncoderConnection {
  /** Says goodbye as the profile does, and closes. */
  stop(): Promise<void>
  /** Closes, and nothing more. */
  cut(): void
}

/** Tells that a connection is gone; `refused` where the target said that it must not come back. */
export type TellLost = (refused?: EncoderError | null) => void

/** What a subclass adds to its profile. */
interface ProtocolPart {
  readonly protocol: 'rtmp' | 'srt' | 'whip'
  /** The clip to send beside the profile's video; null for none. */
  readonly audio: string | null
}

/**
 * Sends a clip round and round, when a profile says it is due: no encoding, next to no CPU. What a
 * protocol makes of a connection and of a frame is its subclass's.
 */
export abstract class ClipEncoder<Connection extends EncoderConnection> implements Encoder, Task {
  readonly profile: Profile
  readonly streamName: string
  readonly streamTag: string
  readonly stats: EncoderStats = noStats()
  protected readonly options: EncoderOptions
  protected readonly video: Clip | null
  protected readonly audio: Clip | null
  readonly #closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
  readonly #reconnectListeners: (() => void)[] = []
  readonly #reconnecting: Reconnecting
  #connection: Connection | null = null
  #timeline: Timeline | null = null
  /** ms of `nowMs`, when the current connection began to publish */
  #origin = 0
  #nextVideo = 0
  #nextAudio = 0
  #paused = false
  #ended = false

  constructor(profile: Profile, options: EncoderOptions, streamTag: string, part: ProtocolPart) {
    this.profile = profile
    this.streamName = options.to.streamName
    this.streamTag = streamTag
    this.options = options
    const { video = profile.media.video, audio = part.audio } = options.clipOverride ?? {}
    this.video = video === null ? null : loadClip(video)
    this.audio = audio === null ? null : loadClip(audio)
    const policy = reconnectPolicy(profile.behaviour, part.protocol)
    this.#reconnecting = new Reconnecting(policy, () => this.#publish(), {
      back: () => {
        this.stats.reconnects++
        for (const listener of this.#reconnectListeners) listener()
      },
      gaveUp: (reason, message) => this.#end(reason, message),
    })
  }

  /** Resolves once the target lets the encoder publish. @throws EncoderError */
  protected abstract open(lost: TellLost): Promise<Connection>

  /** A connection was opened: video goes on with this frame, a key frame. */
  protected abstract opened(firstVideoFrame: number): void

  /** Sends a frame; false when it was left out instead. `lateMs` behind its schedule. */
  protected abstract send(connection: Connection, unit: Unit, lateMs: number): boolean

  /** Frames were passed over: video must go on with a key frame. */
  protected abstract passedOver(): void

  /** ms, timestamp of the first picture */
  protected get videoStartMs(): number {
    return this.profile.media.videoStartMs
  }

  /** True while nothing can be sent, and what is due waits for `schedule`. */
  protected mustWait(_connection: Connection): boolean {
    return false
  }

  /** Nothing more is due for now. */
  protected caughtUp(): void {}

  get closed(): Promise<{ readonly reason: EncoderEnd; readonly message: string }> {
    return this.#closed.promise
  }

  /** Connects and begins to send. @throws EncoderError */
  async start(): Promise<void> {
    try {
      await this.#publish()
    } catch (error) {
      this.#end('disconnected', String(error))
      this.#connection?.cut()
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
    this.#passOverUntil(nowMs())
    this.schedule()
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
      // Tells the scheduler that the rest is not due yet, or waits for `schedule`.
      if (due > now + 0.5) {
        this.caughtUp()
        return due
      }
      if (this.mustWait(connection)) return null
      timeline.take()
      if (this.send(connection, unit, now - due)) {
        this.#passed(unit)
        this.stats.framesSent++
      } else {
        this.stats.framesDropped++
      }
    }
  }

  protected schedule(): void {
    const unit = this.#timeline?.peek()
    if (!unit || this.#paused || this.#ended) return
    scheduler.schedule(this, this.#origin + unit.sendMs)
  }

  /** ms behind the schedule, and not for the network's sake */
  protected countLate(lateMs: number): void {
    if (lateMs > this.stats.maxLatenessMs) this.stats.maxLatenessMs = lateMs
    if (lateMs >= LATE_MS) this.stats.lateSends++
  }

  #passed({ track, frame }: Unit): void {
    if (track === 'video') this.#nextVideo = frame + 1
    else this.#nextAudio = frame + 1
  }

  async #publish(): Promise<void> {
    const connection = await this.#connect()
    if (this.#ended) {
      await connection.stop()
      return
    }
    this.#connection = connection
    const begin = await this.#beginning()
    if (this.#connection !== connection) return
    this.opened(this.#nextVideo)
    this.#timeline = new Timeline({
      video: this.video,
      audio: this.audio,
      videoStartMs: this.videoStartMs,
      misbehaviours: this.profile.behaviour.misbehaviours,
      firstVideoFrame: this.#nextVideo,
      firstAudioFrame: this.#nextAudio,
    })
    this.#origin = begin
    this.schedule()
  }

  /** When the first pictures go out; what waits for others may be stopped meanwhile. */
  async #beginning(): Promise<number> {
    const { together } = this.options
    if (this.stats.reconnects > 0 || this.#nextVideo > 0 || !together) return nowMs()
    return together()
  }

  async #connect(): Promise<Connection> {
    let connection: Connection | null = null
    let early: EncoderError | null = null
    try {
      connection = await this.open((refused = null) => {
        if (connection === null) {
          early = refused ?? new EncoderError('LP_ENCODER_CONNECT', 'lost as soon as it was open')
        } else if (connection === this.#connection) {
          this.#lost(refused)
        }
      })
      if (early !== null) throw early
      return connection
    } catch (error) {
      if (error instanceof EncoderError)
        this.stats.lastStatus = error.status ?? this.stats.lastStatus
      throw error
    }
  }

  /** Leaves out what was due until then. */
  #passOverUntil(now: number): void {
    const timeline = this.#timeline
    for (let unit = timeline?.peek(); unit; unit = timeline?.peek()) {
      if (this.#origin + unit.sendMs >= now) break
      timeline?.take()
      this.#passed(unit)
      this.passedOver()
    }
  }

  #lost(refused: EncoderError | null = null): void {
    if (this.#ended || this.#connection === null) return
    scheduler.cancel(this)
    this.#connection = null
    this.#timeline = null
    this.#reconnecting.lost(refused)
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
