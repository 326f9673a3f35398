import { nowMs } from '../measure/clock.ts'

/** Keeps a reader at a number of bytes per second by pausing its source. */
export class ReadPace {
  readonly #bytesPerSecond: number
  readonly #source: { pause(): void; resume(): void }
  #freeAt = nowMs()
  #timer: NodeJS.Timeout | null = null
  #held = false

  constructor(source: { pause(): void; resume(): void }, bytesPerSecond = Infinity) {
    this.#source = source
    this.#bytesPerSecond = bytesPerSecond
  }

  took(bytes: number): void {
    if (this.#bytesPerSecond === Infinity) return
    const now = nowMs()
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes / this.#bytesPerSecond) * 1000
    if (this.#timer || this.#freeAt <= now) return
    this.#source.pause()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (!this.#held) this.#source.resume()
    }, this.#freeAt - now)
  }

  /** Pauses until `release`, whatever the pace allows. */
  hold(): void {
    this.#held = true
    this.#source.pause()
  }

  release(): void {
    this.#held = false
    if (!this.#timer) this.#source.resume()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
