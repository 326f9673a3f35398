import type { BufferGoals } from './settings.ts'

const FASTEST = 1.1
const SLOWEST = 0.95

export type LatencyAction =
  | { readonly kind: 'rate'; readonly rate: number }
  | { readonly kind: 'jump'; readonly buffer: number }

/**
 * Holds the buffer at its goal: speeds up above `limit` and slows down below `min`, each until
 * `target` is reached again (after a slow spell, what it starts with), and jumps above `max`.
 * Buffers in seconds.
 */
export class LatencyControl {
  #mode: 'hold' | 'catch-up' | 'fall-back' = 'hold'

  readonly #gain: number

  /** @param gain share of the excess that is taken off in a second of playback */
  constructor(gain: number) {
    this.#gain = gain
  }

  /** @param goals as they are now: adaptive modes change them */
  decide(buffer: number, { min, start, target, limit, max }: BufferGoals): LatencyAction {
    if (buffer > max) {
      this.#mode = 'hold'
      return { kind: 'jump', buffer: target }
    }
    if (buffer > limit) this.#mode = 'catch-up'
    else if (buffer < min) this.#mode = 'fall-back'
    else if (this.#mode === 'catch-up' && buffer <= target) this.#mode = 'hold'
    else if (this.#mode === 'fall-back' && buffer >= Math.min(start, target)) this.#mode = 'hold'
    return { kind: 'rate', rate: this.#rate(buffer - target) }
  }

  #rate(excess: number): number {
    if (this.#mode === 'catch-up') return Math.min(FASTEST, 1 + Math.max(0.02, this.#gain * excess))
    if (this.#mode === 'fall-back')
      return Math.max(SLOWEST, 1 + Math.min(-0.01, this.#gain * excess))
    return 1
  }
}
