import { nowMs } from '../measure/clock.ts'
import { stampTimeUs } from '../measure/stamp.ts'
import { type Clip, loadClip } from './clip.ts'
import type { Encoder, EncoderEnd, EncoderOptions, EncoderStats } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { LATE_MS } from './limits.ts'
import { videoPayload } from './media-payload.ts'
import type { Profile } from './profile.ts'
import { Reconnecting } from './reconnecting.ts'
import { parseRtmpUrl, RtmpConnection } from './rtmp-connection.ts'
import { metadataValue, type WireValues, wireFields, wireValues } from './rtmp-values.ts'
import { scheduler, type Task } from './scheduler.ts'
import { Timeline } from './timeline.ts'
import type { Unit } from './unit.ts'

/** Sends a clip round and round, as a profile says: no encoding, next to no CPU. */
export class ReplayEncoder implements Encoder, Task {
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
  readonly #video: Clip | null
  readonly #audio: Clip | null
  readonly #closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
  readonly #reconnectListeners: (() => void)[] = []
  readonly #reconnecting: Reconnecting
  #connection: RtmpConnection | null = null
  #timeline: Timeline | null = null
  /** ms of `nowMs`, when the current connection began to publish */
  #origin = 0
  #nextVideo = 0
  #nextAudio = 0
  #paused = false
  /** Frames are left out until the next key frame. */
  #skipping = false
  /** Late sends are the network's fault until the backlog is gone. */
  #blocked = false
  #ended = false

  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    this.profile = profile
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
  }

  pause(): void {
    this.#paused = true
    scheduler.cancel(this)
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#discardUntil(nowMs())
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
      // Tells the scheduler that the rest is not due yet, or waits for onDrain.
      if (due > now + 0.5) {
        this.#blocked = false
        return due
      }
      if (connection.congested) {
        this.#blocked = true
        return null
      }
      timeline.take()
      if (this.#leavesOut(unit, now - due)) this.stats.framesDropped++
      else this.#send(connection, unit, now, due)
    }
  }

  #send(connection: RtmpConnection, unit: Unit, now: number, due: number): void {
    const late = now - due
    if (!this.#blocked) {
      if (late > this.stats.maxLatenessMs) this.stats.maxLatenessMs = late
      if (late >= LATE_MS) this.stats.lateSends++
    }
    if (unit.announces) this.#announce(connection, unit, unit.announces)
    let payload = unit.body
    if (unit.track === 'video') {
      // A frame that had to wait for the network was composed when it was due.
      const timeUs = this.#blocked ? Math.round(due * 1000) : stampTimeUs()
      payload = videoPayload(unit, { streamTag: this.streamTag, frame: unit.frame, timeUs })
      this.#nextVideo = unit.frame + 1
    } else {
      this.#nextAudio = unit.frame + 1
    }
    this.#write(connection, connection.publisher.media(unit.track, unit.dtsMs, payload))
    this.stats.framesSent++
  }

  #announce(connection: RtmpConnection, unit: Unit, clip: Clip): void {
    const value = metadataValue(this.profile.rtmp.metadata, this.#values(clip))
    this.#write(connection, connection.publisher.metadata(value, unit.dtsMs))
    if (!clip.header) return
    this.#write(connection, connection.publisher.media('video', unit.dtsMs, clip.header))
  }

  #write(connection: RtmpConnection, bytes: Buffer): void {
    if (connection.send(bytes)) this.stats.bytesSent += bytes.length
  }

  /** What OBS does: P frames that waited too long go, and all up to the next key frame with them. */
  #leavesOut(unit: Unit, waitedMs: number): boolean {
    if (unit.track === 'audio') return false
    if (unit.key) this.#skipping = false
    const { congestion } = this.profile.behaviour
    const tooOld = congestion.kind === 'drop' && this.#blocked && waitedMs > congestion.dropAfterMs
    if (tooOld && !unit.key) this.#skipping = true
    return this.#skipping
  }

  #values(video: Clip | null): WireValues {
    const address = parseRtmpUrl(this.#options.to.url)
    return wireValues(address, this.profile.media, video, this.#audio)
  }

  async #publish(): Promise<void> {
    const { rtmp } = this.profile
    const { to, tls, ahead } = this.#options
    const values = this.#values(this.#video)
    const [name, params] = splitOnce(to.streamName, '?')
    const connection = await RtmpConnection.open(
      parseRtmpUrl(to.url),
      {
        wire: rtmp,
        connect: wireFields(rtmp.connect, values),
        streamKey: `${name}${rtmp.keySuffix}${params}`,
        metadata: metadataValue(rtmp.metadata, values),
        videoHeader: this.#video?.header ?? null,
        audioHeader: this.#audio?.header ?? null,
      },
      {
        onStatus: (status) => {
          this.stats.lastStatus = status
        },
        onDrain: () => this.#schedule(),
        onClose: (refused) => this.#lost(refused),
      },
      tls?.ca,
      ahead,
    ).catch((error: unknown) => {
      if (error instanceof EncoderError)
        this.stats.lastStatus = error.status ?? this.stats.lastStatus
      throw error
    })
    if (this.#ended) {
      connection.cut()
      return
    }
    this.#connection = connection
    this.#skipping = false
    this.#blocked = false
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

  /** Passes over what was due until then; video goes on with a key frame. */
  #discardUntil(now: number): void {
    const timeline = this.#timeline
    for (let unit = timeline?.peek(); unit; unit = timeline?.peek()) {
      if (this.#origin + unit.sendMs >= now) break
      timeline?.take()
      if (unit.track === 'video') this.#nextVideo = unit.frame + 1
      else this.#nextAudio = unit.frame + 1
      this.#skipping = true
    }
  }

  #lost(refused: EncoderError | null): void {
    scheduler.cancel(this)
    this.#connection = null
    this.#timeline = null
    if (this.#ended) return
    if (refused) this.#end('refused', refused.message)
    else this.#retry('the connection was lost')
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

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}
