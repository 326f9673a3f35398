/** Lets so many things happen each second, and no more. */
export class RateLimit {
  readonly #perSecond: number
  #left: number
  #at = Number.NEGATIVE_INFINITY

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#left = perSecond
  }

  /** ms */
  take(now: number): boolean {
    const gained = ((now - this.#at) * this.#perSecond) / 1000
    this.#left = Math.min(this.#perSecond, this.#left + gained)
    this.#at = now
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
