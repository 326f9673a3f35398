/** Tests of distributions, for links whose seed is fixed: they fail or pass for good. */

/**
 * Between which counts a binomial variable lies with 99.9 % (normal approximation with continuity
 * correction; `n·p` of 30 or more).
 */
export function binomialBounds(n: number, p: number): { low: number; high: number } {
  const z = 3.2905
  const half = z * Math.sqrt(n * p * (1 - p)) + 0.5
  return { low: n * p - half, high: n * p + half }
}

/** Lengths of the runs of losses. */
export function burstLengths(lost: readonly boolean[]): number[] {
  const lengths: number[] = []
  let length = 0
  for (const one of [...lost, false]) {
    if (one) length++
    else if (length > 0) {
      lengths.push(length)
      length = 0
    }
  }
  return lengths
}

/**
 * Between which lengths the mean of `count` bursts lies with 99.9 %, where each packet ends its
 * burst with `toGood`: geometric, 1/toGood on average, standard deviation √(1−toGood)/toGood.
 */
export function burstBounds(count: number, toGood: number): { low: number; high: number } {
  const half = (3.2905 * Math.sqrt(1 - toGood)) / toGood / Math.sqrt(count)
  return { low: 1 / toGood - half, high: 1 / toGood + half }
}

/** The largest distance between the samples' distribution and `cdf` (Kolmogorov–Smirnov). */
export function ksDistance(samples: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  let worst = 0
  for (const [index, x] of sorted.entries()) {
    const expected = cdf(x)
    worst = Math.max(
      worst,
      (index + 1) / sorted.length - expected,
      expected - index / sorted.length,
    )
  }
  return worst
}

/** The distance that samples of the right distribution exceed in one of a thousand cases. */
export function ksLimit(count: number): number {
  return Math.sqrt(-Math.log(0.001 / 2) / (2 * count))
}

/** The error function, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(x) * (1 - series * Math.exp(-x * x))
}
