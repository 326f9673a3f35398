/** Edges grow by an eighth of an octave, so a percentile is right to 9 %; from 0.1 ms to 26 s. */
const PER_OCTAVE = 8
const LOWEST_MS = 0.1
const BUCKETS = 144
const FULL = 0xffff

/** The latencies of one viewer, small enough for thousands of them. */
export class LatencyBuckets {
  readonly #counts = new Uint16Array(BUCKETS)
  #count = 0

  /** Samples; a bucket takes 65,535 at most and no more after that. */
  get count(): number {
    return this.#count
  }

  add(ms: number): void {
    const bucket = ms <= LOWEST_MS ? 0 : Math.ceil(Math.log2(ms / LOWEST_MS) * PER_OCTAVE)
    const at = bucket < BUCKETS ? bucket : BUCKETS - 1
    if (this.#counts[at] === FULL) return
    this.#counts[at]!++
    this.#count++
  }

  /** ms at percentile `p` of 0–100, the upper edge of its bucket; 0 when empty */
  percentile(p: number): number {
    const wanted = (this.#count * p) / 100
    let seen = 0
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.#counts[i]!
      if (seen > 0 && seen >= wanted) return LOWEST_MS * 2 ** (i / PER_OCTAVE)
    }
    return 0
  }

  reset(): void {
    this.#counts.fill(0)
    this.#count = 0
  }
}
