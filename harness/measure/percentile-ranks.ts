/** Two-sided error of the bounds: 95 % confidence. */
const ALPHA = 0.05
const Z = 1.959964
/** Above this many samples the normal approximation is good to less than one rank in a hundred. */
const EXACT_BELOW = 10_000

export interface Ranks {
  /** 1-based rank of the sample that bounds from below, or null: too few samples. */
  readonly low: number | null
  readonly high: number | null
}

/**
 * Ranks of the order statistics between which quantile `q` (0–1) of the population lies with 95 %
 * confidence, given `n` independent samples; makes no assumption about their distribution.
 * The number of samples below the quantile is binomial(n, q).
 */
export function percentileRanks(n: number, q: number): Ranks {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`${n} samples`)
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q}`)
  if (n === 0 || q === 0 || q === 1) return { low: null, high: null }
  const { low, high } = n < EXACT_BELOW ? exact(n, q) : approximate(n, q)
  return { low: low >= 1 ? low : null, high: high <= n ? high : null }
}

function approximate(n: number, q: number): { low: number; high: number } {
  const spread = Z * Math.sqrt(n * q * (1 - q))
  return { low: Math.floor(n * q - spread), high: Math.ceil(n * q + spread) + 1 }
}

/** low: largest l with P(B < l) ≤ α/2; high: smallest h with P(B < h) ≥ 1 − α/2. */
function exact(n: number, q: number): { low: number; high: number } {
  let low = 0
  let high = n + 1
  let logPmf = n * Math.log1p(-q)
  const odds = Math.log(q) - Math.log1p(-q)
  let below = 0
  for (let k = 0; k <= n; k++) {
    // Here `below` is P(B < k).
    if (below <= ALPHA / 2) low = k
    if (below >= 1 - ALPHA / 2) {
      high = k
      break
    }
    below += Math.exp(logPmf)
    logPmf += Math.log(n - k) - Math.log(k + 1) + odds
  }
  return { low, high }
}
