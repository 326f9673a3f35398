/** Buckets in each doubling of the value: a value is right to 1/512 ≈ 0.2 %. */
const PER_DOUBLING = 512

/**
 * A histogram of whole µs that costs k6 one map entry for each distinct bucket, and that merges:
 * percentiles of several runners do not. Below 512 µs each µs has its own bucket; above, each
 * doubling has 512.
 */
export class Buckets {
  readonly #counts = new Map<number, number>()

  add(us: number): void {
    const index = bucketOf(us)
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1)
  }

  /** Pairs of bucket and count. */
  entries(): [number, number][] {
    return [...this.#counts]
  }
}

export function bucketOf(us: number): number {
  const value = Math.max(0, Math.round(us))
  if (value < PER_DOUBLING) return value
  const doublings = Math.floor(Math.log2(value / PER_DOUBLING))
  return (doublings + 1) * PER_DOUBLING + Math.floor(value / 2 ** doublings - PER_DOUBLING)
}

/** The middle of a bucket, µs. */
export function middleOf(bucket: number): number {
  if (bucket < PER_DOUBLING) return bucket
  const doublings = Math.floor(bucket / PER_DOUBLING) - 1
  const width = 2 ** doublings
  return (PER_DOUBLING + (bucket % PER_DOUBLING)) * width + (width - 1) / 2
}
