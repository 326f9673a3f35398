import { TargetError } from '../errors.ts'
import { findBpmTimes } from '../measure/bpm.ts'
import { nowMs } from '../measure/clock.ts'
import { findStamp, type Stamp } from '../measure/stamp.ts'
import { readAccessUnit } from './access-unit.ts'
import { Fmp4Stream, type Fmp4Unit } from './fmp4-stream.ts'
import { FragmentError } from './fragment-error.ts'
import type { Fragment } from './fragment-reader.ts'
import { FrameTracker } from './frame-tracker.ts'
import type { InitTrack } from './init-reader.ts'
import { DEFAULT_KEPT_BYTES, DEFAULT_WAIT_MS, MAX_RECORD_EVENTS, MAX_TEXT_CHARS } from './limits.ts'
import type { ViewerOptions, WaitOptions } from './viewer.ts'
import type {
  HttpAnswer,
  RecordedSample,
  RecordedTrack,
  StartupStages,
  ViewerClose,
  ViewerEvent,
  ViewerRecord,
} from './viewer-record.ts'

type FrameFacts = Pick<RecordedSample, 'dts' | 'compositionOffset' | 'key' | 'idr'>

/** Takes what a viewer's connection brings, keeps the record, and wakes who waits for it. */
export class ViewerSession {
  readonly record: ViewerRecord
  readonly tracker: FrameTracker
  readonly closed: Promise<ViewerClose>
  readonly firstKeyFrame: Promise<void>
  readonly #media = new Fmp4Stream()
  readonly #recording: boolean
  readonly #closing = Promise.withResolvers<ViewerClose>()
  readonly #waiters = new Set<() => void>()
  #keepBytes: number
  #broken = false

  constructor(kind: ViewerRecord['kind'], url: string, options: ViewerOptions) {
    this.record = {
      schema: 'liveproof/viewer-record@1',
      kind,
      url,
      openedAt: nowMs(),
      stages: {
        connect: null,
        open: null,
        firstText: null,
        init: null,
        firstFragment: null,
        firstKeyFrame: null,
      },
      events: [],
      http: null,
      close: null,
      truncated: false,
    }
    this.tracker = new FrameTracker(options.streamTag ?? null)
    this.#recording = options.record ?? true
    this.#keepBytes = options.keepBytes ?? DEFAULT_KEPT_BYTES
    this.closed = this.#closing.promise
    // Whoever awaits it gets the error; nobody has to.
    this.firstKeyFrame = this.until((record) => record.stages.firstKeyFrame ?? undefined, {
      timeoutMs: Number.POSITIVE_INFINITY,
    }).then(() => {})
    this.firstKeyFrame.catch(() => {})
  }

  reached(stage: keyof StartupStages, at = this.#since()): void {
    this.record.stages[stage] ??= at
  }

  http(answer: HttpAnswer): void {
    this.record.http = answer
  }

  text(text: string): void {
    const at = this.#since()
    this.reached('firstText', at)
    this.#add({ type: 'text', at, text: text.slice(0, MAX_TEXT_CHARS) })
    this.#wake()
  }

  media(chunk: Uint8Array): void {
    const now = nowMs()
    const at = now - this.record.openedAt
    this.tracker.stats.bytes += chunk.length
    if (this.#broken) return
    try {
      for (const unit of this.#media.push(chunk)) this.#unit(unit, at, now)
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error
      // What follows a broken box cannot be told apart any more: it is counted, not read.
      this.#broken = true
      const bytes = chunk.slice(0, 64)
      const { code, message } = error
      this.#add({ type: 'malformed', at, code, message, bytes }, true)
    }
    this.#wake()
  }

  /** The init of a protocol that has no fMP4: from now on frames are live. */
  ready(): void {
    this.reached('init')
    this.tracker.liveSince(nowMs())
  }

  /** One frame of a protocol that has no fMP4; times in 90 kHz ticks. */
  frame({ data, ...facts }: { data: Uint8Array } & FrameFacts): void {
    const now = nowMs()
    const at = now - this.record.openedAt
    this.tracker.stats.bytes += data.length
    this.reached('firstFragment', at)
    const stamp = this.#track(data, now)
    if (facts.key && facts.idr) this.reached('firstKeyFrame', at)
    const { dts } = facts
    const sample = { ...facts, duration: 0, size: data.length, stamp }
    const tracks = [{ trackId: 1, baseDecodeTime: dts, samples: [sample] }]
    if (this.#recording) {
      const bytes = this.#kept(data.length) ? Buffer.from(data) : null
      const sequence = this.tracker.stats.frames
      this.#add({ type: 'fragment', at, sequence, size: data.length, tracks, bytes })
    }
    this.#wake()
  }

  /** The one way out. Only the first call counts. */
  end(close: Omit<ViewerClose, 'at'>): void {
    if (this.record.close) return
    this.record.close = { at: this.#since(), ...close }
    this.#closing.resolve(this.record.close)
    this.#wake()
  }

  frames(count: number, options: WaitOptions = {}): Promise<void> {
    const look = () => (this.tracker.stats.frames >= count ? true : undefined)
    return this.#wait(look, `${count} video frames`, options).then(() => {})
  }

  until<T>(look: (record: ViewerRecord) => T | undefined, options: WaitOptions = {}): Promise<T> {
    return this.#wait(() => look(this.record), 'such event', options)
  }

  #wait<T>(look: () => T | undefined, what: string, options: WaitOptions): Promise<T> {
    const now = look()
    if (now !== undefined) return Promise.resolve(now)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS
    const done = () => {
      clearTimeout(timer)
      this.#waiters.delete(check)
    }
    const check = () => {
      const found = look()
      if (found !== undefined) {
        done()
        resolve(found)
      } else if (this.record.close) {
        done()
        reject(this.#inVain('LP_VIEWER_ENDED', what, ''))
      }
    }
    const late = () => {
      done()
      reject(this.#inVain('LP_VIEWER_TIMEOUT', what, ` within ${timeoutMs} ms`))
    }
    const timer = timeoutMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, timeoutMs)
    this.#waiters.add(check)
    check()
    return promise
  }

  /** Media that could not be read are told as such: nothing that depends on them can be judged. */
  #inVain(code: 'LP_VIEWER_ENDED' | 'LP_VIEWER_TIMEOUT', what: string, when: string): TargetError {
    const { close, http, events } = this.record
    const malformed = events.find((event) => event.type === 'malformed')
    const parts = [`no ${what}: ${this.tracker.stats.frames} frames came`]
    if (malformed) parts.push(`media unreadable (${malformed.code}: ${malformed.message})`)
    if (http) parts.push(`HTTP ${http.status}`)
    if (close) parts.push(`ended by ${close.by} (${close.code ?? 'no code'} ${close.reason})`)
    return new TargetError(malformed ? 'LP_VIEWER_UNREADABLE' : code, parts.join(', ') + when)
  }

  #unit(unit: Fmp4Unit, at: number, now: number): void {
    if (unit.kind === 'init') {
      this.reached('init', at)
      this.tracker.liveSince(now)
      this.#add({ type: 'init', at, init: unit.init, bytes: unit.bytes })
      return
    }
    this.reached('firstFragment', at)
    const tracks = this.#tracks(unit.fragment, now)
    for (const { samples } of tracks) {
      if (samples.some((sample) => sample.key && sample.idr)) this.reached('firstKeyFrame', at)
    }
    if (!this.#recording) return
    const { sequence, size } = unit.fragment
    const bytes = this.#kept(size) ? Buffer.concat(unit.bytes) : null
    this.#add({ type: 'fragment', at, sequence, size, tracks, bytes })
  }

  /** Whether the bytes of this one are kept: only from the start, up to the limit. */
  #kept(size: number): boolean {
    const keep = size <= this.#keepBytes
    this.#keepBytes = keep ? this.#keepBytes - size : 0
    return keep
  }

  #tracks(fragment: Fragment, now: number): RecordedTrack[] {
    return fragment.tracks.map(({ trackId, baseDecodeTime, samples }) => {
      const track = this.#media.init!.tracks.find((candidate) => candidate.id === trackId)!
      return {
        trackId,
        baseDecodeTime,
        samples: samples.map(({ dts, duration, compositionOffset, key, data }) => ({
          dts,
          duration,
          compositionOffset,
          size: data.length,
          key,
          ...this.#frame(track, data, now, key),
        })),
      }
    })
  }

  #frame(track: InitTrack, data: Uint8Array, now: number, key: boolean) {
    if (track.kind !== 'video') return { idr: false, stamp: null }
    const stamp = this.#track(data, now)
    // Without a record only the first key frame matters.
    const look = this.#recording || (key && this.record.stages.firstKeyFrame === null)
    return { idr: look && readAccessUnit(data, track).idr, stamp }
  }

  /** The stamp of a video frame, whose latency is measured by it, or by OBS's times where it has none. */
  #track(data: Uint8Array, now: number): Stamp | null {
    const stamp = findStamp(data)
    this.tracker.frame(stamp, now, stamp ? null : findBpmTimes(data))
    return stamp
  }

  #add(event: ViewerEvent, always = false): void {
    if ((this.#recording && this.record.events.length < MAX_RECORD_EVENTS) || always) {
      this.record.events.push(event)
    } else this.record.truncated = true
  }

  #since(): number {
    return nowMs() - this.record.openedAt
  }

  #wake(): void {
    for (const check of [...this.#waiters]) check()
  }
}
