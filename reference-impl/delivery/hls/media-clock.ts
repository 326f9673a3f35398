import { nowMs } from '../../clock.ts'
import { TICKS_PER_SECOND } from '../../live/frame.ts'
import type { FragmentPacket } from '../../live/packet.ts'
import { STAMP_HOLDS_MS } from './limits.ts'

/** Fragments that the least delay is sought in: about two seconds. */
const REMEMBERED = 64

/**
 * Says when a moment of the timeline was, by the wall clock. Where the encoder says when it composed
 * a frame, that decides. Otherwise arrival does: a fragment that the network held up must not date
 * its segment later than it was, so the promptest of the last ones counts.
 */
export class MediaClock {
  /** ms by which wall time is ahead of the machine's monotonic clock. */
  readonly #wallOffset: () => number
  /** ms, arrival minus time on the timeline. */
  #delays: number[] = []
  /** The last fragment whose encoder said when it was composed; both ms. */
  #composed: { readonly at: number; readonly time: number } | undefined

  constructor(wallOffset = () => Date.now() - nowMs()) {
    this.#wallOffset = wallOffset
  }

  add({ time, arrivedAt, composedAt }: FragmentPacket): void {
    if (composedAt !== undefined) this.#composed = { at: composedAt, time: ticksToMs(time) }
    this.#delays.push(arrivedAt - ticksToMs(time))
    if (this.#delays.length > REMEMBERED) this.#delays.shift()
  }

  /** The timeline goes on elsewhere in real time. */
  restart(): void {
    this.#delays = []
    this.#composed = undefined
  }

  /** ms since 1970 of `time` (90 kHz ticks); something must have been added. */
  wallTimeOf(time: number): number {
    const ms = ticksToMs(time)
    const composed = this.#composed
    const known = composed !== undefined && Math.abs(ms - composed.time) <= STAMP_HOLDS_MS
    const ahead = known ? composed.at - composed.time : Math.min(...this.#delays)
    return ahead + ms + this.#wallOffset()
  }
}

function ticksToMs(ticks: number): number {
  return (ticks * 1000) / TICKS_PER_SECOND
}
