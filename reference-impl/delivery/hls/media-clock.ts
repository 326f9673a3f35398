import { nowMs } from '../../clock.ts'
import { TICKS_PER_SECOND } from '../../live/frame.ts'
import type { FragmentPacket } from '../../live/packet.ts'

/** Fragments that the least delay is sought in: about two seconds. */
const REMEMBERED = 64

/**
 * Says when a moment of the timeline was, by the wall clock. A fragment that the network held up
 * must not date its segment later than it was, so the promptest of the last ones decides.
 */
export class MediaClock {
  /** ms by which wall time is ahead of the machine's monotonic clock. */
  readonly #wallOffset: () => number
  /** ms, arrival minus time on the timeline. */
  #delays: number[] = []

  constructor(wallOffset = () => Date.now() - nowMs()) {
    this.#wallOffset = wallOffset
  }

  add({ time, arrivedAt }: FragmentPacket): void {
    this.#delays.push(arrivedAt - ticksToMs(time))
    if (this.#delays.length > REMEMBERED) this.#delays.shift()
  }

  /** The timeline goes on elsewhere in real time. */
  restart(): void {
    this.#delays = []
  }

  /** ms since 1970 of `time` (90 kHz ticks); something must have been added. */
  wallTimeOf(time: number): number {
    return Math.min(...this.#delays) + ticksToMs(time) + this.#wallOffset()
  }
}

function ticksToMs(ticks: number): number {
  return (ticks * 1000) / TICKS_PER_SECOND
}
