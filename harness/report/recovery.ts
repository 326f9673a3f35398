/** What a viewer saw, all times in ms since the scenario began. */
export interface Watched {
  /** [arrival, latency in ms] of frames, ascending; a selection will do. */
  readonly latency: readonly (readonly [at: number, ms: number])[]
  /** Stretches without any frame. */
  readonly stalls: readonly { readonly at: number; readonly until: number }[]
}

/** Counted from the end of the trouble; the other one is for how long it was looked for in vain. */
export type Recovery = { readonly ms: number } | { readonly notWithinMs: number }

/** Frames that must have come before the trouble, to know what was usual. */
const LEAST_BEFORE = 10
/** ms on top of the latency that was usual. */
export const ALLOWANCE_MS = 100
/** ms for which it must stay recovered, and for how long at least where the scenario ends sooner. */
const STEADY_MS = { usual: 1_000, least: 100 }

/**
 * From the end of the trouble (the link is back, or its loss is over) until frames come again with a
 * latency at or below what was usual, and for a second no frame is later and no stall begins; where
 * the scenario ends sooner, until it ends, and for 100 ms at least. Usual is the p95 of the frames
 * from before the trouble, and 100 ms on top. Of a viewer that had to come again, the frames of its
 * successor count. `until` is when the scenario ended, ms since it began.
 *
 * Null where too few frames came before the trouble to say: also of a link that was bad from the
 * start.
 */
export function recoveryOf(
  { latency, stalls }: Watched,
  trouble: { readonly from: number; readonly to: number },
  until: number,
): Recovery | null {
  const before = latency.filter(([at]) => at < trouble.from).map(([, ms]) => ms)
  if (before.length < LEAST_BEFORE) return null
  const limit = p95(before) + ALLOWANCE_MS
  const after = latency.filter(([at]) => at >= trouble.to)
  const end = after.at(-1)?.[0] ?? trouble.to
  const setbacks = [
    ...after.filter(([, ms]) => ms > limit).map(([at]) => ({ at, until: at })),
    ...stalls.filter((stall) => stall.until >= trouble.to),
  ].sort((a, b) => a.at - b.at)
  // The first second without a setback begins with the end of the trouble, or after a setback.
  const chances = [trouble.to, ...setbacks.map((setback) => setback.until)]
  for (const [place, from] of chances.entries()) {
    const next = setbacks[place]?.at
    const steady = next === undefined ? end - from : next - from
    if (steady < (next === undefined ? STEADY_MS.least : STEADY_MS.usual)) continue
    const first = after.find(([at, ms]) => at >= from && ms <= limit)
    if (first) return { ms: first[0] - trouble.to }
  }
  return { notWithinMs: until - trouble.to }
}

function p95(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b)
  return ascending[Math.ceil(0.95 * ascending.length) - 1]!
}
