import type { Frame } from '../live/frame.ts'
import { MAX_WAITING_FRAMES } from './limits.ts'

/**
 * Puts the frames of one track that a process made, and those of the other that are the source's,
 * into one order by their times: what was quick waits for what took longer. Bounded.
 */
export class FrameMixer {
  readonly #out: (frame: Frame) => void
  #copied: Frame[] = []
  #made = Number.NEGATIVE_INFINITY

  constructor(out: (frame: Frame) => void) {
    this.#out = out
  }

  /** A frame of the source. */
  copy(frame: Frame): void {
    this.#copied.push(frame)
    if (frame.dts <= this.#made || this.#copied.length > MAX_WAITING_FRAMES) {
      const first = this.#copied.shift()
      if (first !== undefined) this.#out(first)
    }
  }

  /** A frame out of the process. */
  make(frame: Frame): void {
    this.#made = frame.dts
    let ready = 0
    while ((this.#copied[ready]?.dts ?? Number.POSITIVE_INFINITY) <= frame.dts) ready += 1
    for (const one of this.#copied.splice(0, ready)) this.#out(one)
    this.#out(frame)
  }

  /** The process begins anew. */
  reset(): void {
    this.#copied = []
    this.#made = Number.NEGATIVE_INFINITY
  }
}
