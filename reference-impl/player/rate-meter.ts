const WINDOW_MS = 1000

/** Sum of what was added over the last second. Times in ms. */
export class RateMeter {
  #entries: { at: number; amount: number }[] = []

  add(at: number, amount: number): void {
    this.#entries.push({ at, amount })
    this.#expire(at)
  }

  perSecond(now: number): number {
    this.#expire(now)
    return this.#entries.reduce((sum, entry) => sum + entry.amount, 0)
  }

  #expire(now: number): void {
    const first = this.#entries.findIndex((entry) => entry.at > now - WINDOW_MS)
    this.#entries.splice(0, first === -1 ? this.#entries.length : first)
  }
}
