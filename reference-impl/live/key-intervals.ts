import { TICKS_PER_SECOND } from './frame.ts'
import type { FragmentPacket } from './packet.ts'

const REMEMBERED = 4

/** How far apart a stream's key frames lie. */
export class KeyIntervals {
  #lastKey: number | undefined
  #intervals: number[] = []

  /** The longest of the last few, ms; undefined before the second key frame. */
  get longest(): number | undefined {
    return this.#intervals.length === 0 ? undefined : Math.max(...this.#intervals)
  }

  add({ key, time }: FragmentPacket): void {
    if (!key) return
    if (this.#lastKey !== undefined) {
      this.#intervals.push(((time - this.#lastKey) * 1000) / TICKS_PER_SECOND)
      if (this.#intervals.length > REMEMBERED) this.#intervals.shift()
    }
    this.#lastKey = time
  }

  /** Key frames to come have nothing to do with the last one. */
  restart(): void {
    this.#lastKey = undefined
  }
}
