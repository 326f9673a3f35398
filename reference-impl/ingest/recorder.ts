import type { VideoTrack } from '../live/frame.ts'
import { readComposedTime } from '../wire/composed-time.ts'
import { encoderTextOf } from './encoder-text.ts'
import { FrameColumns } from './frame-columns.ts'
import type { IngestLog, RecordUse } from './ingest-log.ts'
import {
  MAX_EVENT_BYTES,
  MAX_RECORD_EVENT_BYTES,
  MAX_RECORD_EVENTS,
  MAX_RECORD_FRAMES,
  MAX_RECORD_TRACKS,
} from './limits.ts'
import type { IngestRecord, IngestTrack } from './record.ts'

/** Pictures in which an encoder's words about itself are looked for. */
const SEARCHED_PICTURES = 3

export interface RecordedFrame {
  readonly track: 'video' | 'audio'
  /** 90 kHz ticks */
  readonly dts: number
  readonly pts: number
  readonly key: boolean
  readonly idr: boolean
  /** bytes */
  readonly size: number
}

export interface RecorderOptions {
  readonly session: string
  readonly protocol: IngestRecord['protocol']
  readonly remote: string
  /** ms, machine's monotonic clock */
  readonly now: number
}

/** Writes one session's record; never more than its limits and the log's allow. */
export class IngestRecorder {
  readonly record: IngestRecord
  readonly #log: IngestLog
  readonly #use: RecordUse

  readonly #frames = new FrameColumns()
  #toSearch = SEARCHED_PICTURES
  #bpm: { pictures: number; delayMs: number; leastMs: number; mostMs: number } | undefined

  constructor(log: IngestLog, options: RecorderOptions) {
    const frames = this.#frames
    this.record = {
      schema: 'liveproof/ingest-record@1',
      session: options.session,
      protocol: options.protocol,
      stream: null,
      remote: options.remote,
      openedAt: options.now,
      openedAtUtc: new Date().toISOString(),
      closedAt: null,
      closeReason: null,
      truncated: false,
      events: [],
      tracks: [],
      get frames() {
        return frames.toFrames()
      },
    }
    this.#log = log
    this.#use = log.add(this.record)
  }

  #at(now: number): number {
    return Math.round((now - this.record.openedAt) * 1000) / 1000
  }

  stream(name: string): void {
    this.record.stream = name.slice(0, 512)
  }

  event(now: number, type: string, details: Record<string, unknown> = {}): void {
    const { record } = this
    if (record.events.length >= MAX_RECORD_EVENTS) {
      record.truncated = true
      return
    }
    let event = { at: this.#at(now), type, ...details }
    let bytes = JSON.stringify(event).length
    if (bytes > MAX_EVENT_BYTES) {
      event = { at: event.at, type }
      bytes = 64
      record.truncated = true
    }
    if (
      this.#use.eventBytes + bytes > MAX_RECORD_EVENT_BYTES ||
      !this.#log.takeEvent(this.#use, bytes)
    ) {
      record.truncated = true
      return
    }
    record.events.push(event)
  }

  /**
   * An event that goes on changing while the session lives: totals and extremes. Its details may be
   * overwritten by values of about the same size. `at` of a detail is `since(now)`.
   */
  running<T extends Record<string, unknown>>(now: number, type: string, details: T): T {
    const bytes = JSON.stringify(details).length * 2
    const event = Object.assign(details, { at: this.#at(now), type })
    const { record } = this
    if (record.events.length < MAX_RECORD_EVENTS && this.#log.takeEvent(this.#use, bytes)) {
      record.events.push(event)
    } else {
      record.truncated = true
    }
    return details
  }

  /** ms since the session opened */
  since(now: number): number {
    return this.#at(now)
  }

  track(now: number, track: Omit<IngestTrack, 'at'>): void {
    const { record } = this
    if (
      record.tracks.length >= MAX_RECORD_TRACKS ||
      !this.#log.takeEvent(this.#use, track.config.length + 200)
    ) {
      record.truncated = true
      return
    }
    record.tracks.push({ at: this.#at(now), ...track })
  }

  /** A video access unit, in which the encoder may have written what it is. */
  picture(now: number, accessUnit: Uint8Array): void {
    if (this.#toSearch === 0) return
    this.#toSearch -= 1
    const text = encoderTextOf(accessUnit)
    if (text === null) return
    this.#toSearch = 0
    this.event(now, 'encoder-text', { text })
  }

  /** A key frame in 4-byte length-prefixed NAL units: OBS writes into these when it composed them. */
  keyPicture(now: number, accessUnit: Uint8Array, codec: VideoTrack['codec']): void {
    const composed = codec === 'av01' ? undefined : readComposedTime(accessUnit, codec)
    if (composed?.clock !== 'wall') return
    const delayMs = Date.now() - composed.ms
    const first = { pictures: 0, delayMs, leastMs: delayMs, mostMs: delayMs }
    this.#bpm ??= this.running(now, 'bpm', first)
    const { pictures, leastMs, mostMs } = this.#bpm
    Object.assign(this.#bpm, {
      ...{ pictures: pictures + 1, delayMs },
      ...{ leastMs: Math.min(leastMs, delayMs), mostMs: Math.max(mostMs, delayMs) },
    })
  }

  frame(now: number, { pts, ...frame }: RecordedFrame): void {
    if (this.#frames.length >= MAX_RECORD_FRAMES || !this.#log.takeFrame(this.#use)) {
      this.record.truncated = true
      return
    }
    this.#frames.add({ ...frame, cts: pts - frame.dts, at: this.#at(now) })
  }

  close(now: number, reason: string): void {
    if (this.record.closedAt !== null) return
    this.record.closedAt = now
    this.record.closeReason = reason
  }
}
