/**
 * Follows a 32-bit millisecond clock across its wrap (every 49.7 days): each step is the shorter
 * way round, so a jump back stays a jump back.
 */
export class TimestampUnwrapper {
  #last: number | null = null

  /** ms, growing without bound */
  unwrap(timestamp: number): number {
    const last = this.#last
    this.#last = last === null ? timestamp >>> 0 : last + ((timestamp - last) | 0)
    return this.#last
  }
}
