import type { Histogram } from '../measure/histogram.ts'
import type { FrameStats } from './frame-tracker.ts'
import type { ViewerClose, ViewerRecord } from './viewer-record.ts'

export interface ViewerOptions {
  /** Closes the viewer. */
  readonly signal?: AbortSignal
  /** False: only stages, stamps and counts; for thousands of viewers. Default true. */
  readonly record?: boolean
  /** Bytes of media, from the start, whose bytes the record keeps. */
  readonly keepBytes?: number
  /** Bytes per second that it reads at most; default unlimited. */
  readonly readRate?: number
  /** Stream tag that the stamps should carry; default: that of the first. */
  readonly streamTag?: string
  /** PEM of a certificate to trust. */
  readonly ca?: string
}

export interface WaitOptions {
  /** ms */
  readonly timeoutMs?: number
}

/** One viewer of one stream, from before its connect until after its close. */
export interface Viewer {
  /** Resolves once `count` video frames have arrived in total. @throws TargetError `LP_VIEWER_*` */
  frames(count: number, options?: WaitOptions): Promise<void>
  /** Resolves at the first key frame. Rejects when the viewer ends before it. */
  readonly firstKeyFrame: Promise<void>
  /** Always resolves, also when the connection never came about. */
  readonly closed: Promise<ViewerClose>
  /** Resolves to the first value that `look` finds in the record, now or later. */
  until<T>(look: (record: ViewerRecord) => T | undefined, options?: WaitOptions): Promise<T>
  readonly record: ViewerRecord
  /** received − composed, ms */
  readonly latency: Histogram
  /** The same of frames that carry OBS's times and no stamp, by the encoder's wall clock, ms. */
  readonly bpmLatency: Histogram
  readonly stats: Readonly<FrameStats>
  /** Stops reading; the server's data pile up until `resume`. */
  pause(): void
  resume(): void
  /** Idempotent; resolves when closed. */
  close(): Promise<ViewerClose>
}
