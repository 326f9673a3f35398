import { MAX_LATE_SHARE } from '../network/limits.ts'

/** Past any of these the harness cannot vouch for what it measured: the run is invalid. */
export const HEALTH_LIMITS = {
  /** ms that the event loop came late, 99 of 100 times at most */
  eventLoopP99Ms: 25,
  /** ms that it ever came late */
  eventLoopMaxMs: 500,
  /**
   * Share of frames that an encoder sent late (`LATE_MS` of the encoders). Stamps are taken at the
   * send, so a late one does not blur a latency; many would blur an encoder's pace.
   */
  lateSendShare: 0.05,
  /** Share of packets that a link delivered late (`LATE_MS` of the links). */
  lateDeliveryShare: MAX_LATE_SHARE,
  /** Share of one core that the harness's process used; its main thread has only one. */
  cpuShare: 0.9,
  /** Share of the time that its main thread was ready and had to wait for a core. */
  waitingShare: 0.2,
  /** Share of its worst second that the target's main thread was ready and had no core. */
  targetWaitingWorstShare: 0.3,
  /** Bytes of resident memory. */
  rssBytes: 2 ** 31,
  /** Latencies below zero by more than their error bound: clocks that do not agree. */
  negativeSamples: 0,
} as const

/** ms below which shares of time and percentiles of lateness mean nothing: a start is all work. */
export const LEAST_WINDOW_MS = 2_000
