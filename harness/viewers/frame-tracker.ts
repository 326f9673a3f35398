import type { BpmTimes } from '../measure/bpm.ts'
import { Histogram } from '../measure/histogram.ts'
import type { Stamp } from '../measure/stamp.ts'
import { wallClockOffset } from '../measure/wall-clock.ts'

/** Counts of video frames by their stamps. */
export interface FrameStats {
  /** Video frames received, stamped or not. */
  frames: number
  stamped: number
  /** Frame numbers that were jumped over, after the first. */
  lost: number
  /** Frames that came again. */
  repeated: number
  /** The numbering began anew: the encoder came back. */
  restarts: number
  /** Frames with the stamp of another stream. */
  foreign: number
  /** Bytes of media. */
  bytes: number
}

/**
 * Follows the stamps of one stream at one viewer. Latency is received − composed, and only of
 * frames that were composed after the viewer had its init segment: what came out of the server's
 * cache was older than the viewer and says nothing about delivery.
 */
export class FrameTracker {
  readonly stats: FrameStats = {
    frames: 0,
    stamped: 0,
    lost: 0,
    repeated: 0,
    restarts: 0,
    foreign: 0,
    bytes: 0,
  }
  /** ms, one clock for both ends: stamps count µs of the machine's monotonic clock. */
  readonly latency = new Histogram(STAMP_RESOLUTION_MS)
  /**
   * ms, of frames without our stamp that OBS timed. Its clock is the encoder's wall clock: where
   * that is another machine's, by how much it is off comes on top of the error bound.
   */
  readonly bpmLatency = new Histogram(BPM_ERROR_MS)
  readonly #wallClockOffset: () => number
  /** ms by which wall time is ahead of the shared clock; taken once, because the two drift alike. */
  #wallOffset: number | null = null
  #tag: string | null
  #last = -1
  #lastTimeUs = 0
  #liveSinceMs = Number.POSITIVE_INFINITY

  /** `tag`: the stream tag to expect; without it the first one that comes. */
  constructor(tag: string | null = null, offset = wallClockOffset) {
    this.#tag = tag
    this.#wallClockOffset = offset
  }

  /** The viewer has had its init segment since `ms` of the shared clock. */
  liveSince(ms: number): void {
    if (this.#liveSinceMs === Number.POSITIVE_INFINITY) this.#liveSinceMs = ms
  }

  /**
   * A video frame whose last byte arrived at `receivedMs` of the shared clock.
   * @param bpm OBS's times, of a frame without a stamp
   */
  frame(stamp: Stamp | null, receivedMs: number, bpm: BpmTimes | null = null): void {
    this.stats.frames++
    if (!stamp) {
      if (bpm?.composed !== undefined) this.#timed(bpm.composed, receivedMs)
      return
    }
    this.stats.stamped++
    this.#tag ??= stamp.streamTag
    if (stamp.streamTag !== this.#tag) {
      this.stats.foreign++
      return
    }
    this.#count(stamp)
    if (stamp.timeUs / 1000 >= this.#liveSinceMs) {
      this.latency.record(receivedMs - stamp.timeUs / 1000)
    }
  }

  /** `composedWallMs`: since 1970 */
  #timed(composedWallMs: number, receivedMs: number): void {
    this.#wallOffset ??= this.#wallClockOffset()
    const composedMs = composedWallMs - this.#wallOffset
    if (composedMs >= this.#liveSinceMs) this.bpmLatency.record(receivedMs - composedMs)
  }

  #count(stamp: Stamp): void {
    const { frame, timeUs } = stamp
    if (this.#last >= 0) {
      if (frame > this.#last) this.stats.lost += frame - this.#last - 1
      else if (timeUs > this.#lastTimeUs) this.stats.restarts++
      else {
        this.stats.repeated++
        return
      }
    }
    this.#last = frame
    this.#lastTimeUs = timeUs
  }
}

/** Both ends read one clock; the stamp cuts it to whole µs. */
const STAMP_RESOLUTION_MS = 0.001
/** OBS cuts its text to whole ms; the wall clock is read to a tenth of one at the worst. */
const BPM_ERROR_MS = 1.1
