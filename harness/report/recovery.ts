/** What a viewer saw, all times in ms since the scenario began. */
export interface Watched {
  /** [arrival, latency in ms] of frames, ascending; a selection will do. */
  readonly latency: readonly (readonly [at: number, ms: number])[]
  /** Stretches without any frame. */
  readonly stalls: readonly { readonly at: number; readonly until: number }[]
}

/** Frames that must have come before the trouble, to know what was usual. */
const LEAST_BEFORE = 10
/** How far above the usual latency still counts as recovered: the larger of both. */
const SLACK = { share: 0.5, ms: 100 }
/** ms for which it must stay recovered. */
const STEADY_MS = 1_000

/**
 * ms from the end of the trouble until the viewer was as before: frames come, and for a second none
 * is later than usual. Usual is the median latency from before the trouble, and half of it or
 * 100 ms on top. Null where nothing is known of before, or it was not seen to recover.
 */
export function recoveryMs(
  { latency, stalls }: Watched,
  trouble: { readonly from: number; readonly to: number },
): number | null {
  const before = latency.filter(([at]) => at < trouble.from).map(([, ms]) => ms)
  if (before.length < LEAST_BEFORE) return null
  const usual = before.toSorted((a, b) => a - b)[Math.floor(before.length / 2)]!
  const limit = usual + Math.max(usual * SLACK.share, SLACK.ms)
  const after = latency.filter(([at]) => at >= trouble.to)
  const end = after.at(-1)?.[0] ?? 0
  const setbacks = [
    ...after.filter(([, ms]) => ms > limit).map(([at]) => ({ at, until: at })),
    ...stalls.filter(({ until }) => until >= trouble.to),
  ].sort((a, b) => a.at - b.at)
  // The first second without a setback begins with the end of the trouble, or after a setback.
  const chances = [trouble.to, ...setbacks.map(({ until }) => until)]
  for (const [place, from] of chances.entries()) {
    const next = setbacks[place]?.at ?? Number.POSITIVE_INFINITY
    if (Math.min(next, end) - from < STEADY_MS) continue
    const first = after.find(([at, ms]) => at >= from && ms <= limit)
    return first ? first[0] - trouble.to : null
  }
  return null
}
