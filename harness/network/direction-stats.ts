import { Histogram } from '../measure/histogram.ts'
import type { DropCause } from './decision-log.ts'
import { MAX_DEPTH_POINTS } from './limits.ts'

/** ms between two points of queue depth, at first. */
const FIRST_DEPTH_STEP_MS = 10

/** What one direction of a link did, in numbers. */
export class DirectionStats {
  offered = 0
  offeredBytes = 0
  delivered = 0
  deliveredBytes = 0
  /** Copies delivered beside their originals. */
  duplicated = 0
  corrupted = 0
  /** Delivered after a packet that came later. */
  reordered = 0
  readonly dropped: Partial<Record<DropCause, number>> = {}
  /** From offered to delivered as the model says, ms. */
  readonly delay: Histogram = new Histogram()
  /** [ms since the link opened, most bytes that waited since the point before] */
  depth: [number, number][] = []
  maxDepthBytes = 0
  #depthStep = FIRST_DEPTH_STEP_MS
  #highest = 0

  drop(cause: DropCause): void {
    this.dropped[cause] = (this.dropped[cause] ?? 0) + 1
  }

  get droppedTotal(): number {
    return Object.values(this.dropped).reduce((sum, count) => sum + count, 0)
  }

  /** `at` is ms since the link opened. */
  depthIs(at: number, bytes: number): void {
    if (bytes > this.maxDepthBytes) this.maxDepthBytes = bytes
    if (bytes > this.#highest) this.#highest = bytes
    const last = this.depth.at(-1)
    if (last && at - last[0] < this.#depthStep) return
    this.depth.push([at, this.#highest])
    this.#highest = bytes
    if (this.depth.length < MAX_DEPTH_POINTS) return
    this.#depthStep *= 2
    this.depth = this.depth.flatMap(([time, value], index, all) =>
      index % 2 === 1 ? [[time, Math.max(value, all[index - 1]![1])]] : [],
    )
  }
}
