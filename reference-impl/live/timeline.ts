import { TICKS_PER_SECOND } from './frame.ts'
import { SAME_CLOCK_MS } from './limits.ts'

/** Where on the viewers' timeline the sessions of a stream begin. */
export interface Timeline {
  /**
   * @param dts of the session's first key frame, its encoder's 90 kHz ticks
   * @param arrivedAt ms
   * @returns 90 kHz ticks from 0
   */
  place(dts: number, arrivedAt: number): number
}

/** For frames whose times are already those of the viewers' timeline. */
export const sameTimeline: Timeline = { place: (dts) => dts }

/** 90 kHz ticks in front of a group's first picture, for members whose own comes before it. */
const HEADROOM = 20 * TICKS_PER_SECOND
const SAME_CLOCK = (SAME_CLOCK_MS * TICKS_PER_SECOND) / 1000

/**
 * One timeline for all bitrates of a group, so that viewers can change over from one to another, and
 * HLS variants match (RFC 8216 §6.2.4). Encoders that stamp alike are placed by their stamps, others
 * by when their media arrive.
 */
export class GroupTimeline implements Timeline {
  #anchor: { readonly dts: number; readonly arrivedAt: number } | undefined

  place(dts: number, arrivedAt: number): number {
    this.#anchor ??= { dts, arrivedAt }
    const byStamps = HEADROOM + dts - this.#anchor.dts
    const elapsed = ((arrivedAt - this.#anchor.arrivedAt) * TICKS_PER_SECOND) / 1000
    const byArrival = HEADROOM + elapsed
    const placed = Math.abs(byStamps - byArrival) <= SAME_CLOCK ? byStamps : byArrival
    return Math.max(0, Math.round(placed))
  }
}
