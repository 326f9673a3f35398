/** What is done to the encoder, to see how it reacts. */
export type ProvocationKind = 'drop' | 'replace' | 'refuse'

export interface PlannedProvocation {
  readonly what: ProvocationKind
  /** ms after the first picture, at the earliest */
  readonly at: number
  /** ms for which whoever comes is then refused */
  readonly forMs: number
}

export const provocationKinds: readonly ProvocationKind[] = ['drop', 'replace', 'refuse']

/** Share of the duration after which each is done, and the s that a validation must then last. */
const PLAN: Readonly<Record<ProvocationKind, { share: number; needsS: number; forMs: number }>> = {
  // The windows of the rules are 10 and 15 s long: until here, the encoder is left alone.
  drop: { share: 0.4, needsS: 45, forMs: 0 },
  replace: { share: 0.6, needsS: 60, forMs: 3_000 },
  refuse: { share: 0.8, needsS: 60, forMs: 6_000 },
}

/** What is done when, and what is left out, with the reason. */
export function planProvocations(
  durationS: number,
  wanted: readonly ProvocationKind[],
): { planned: PlannedProvocation[]; leftOut: { what: ProvocationKind; why: string }[] } {
  const planned: PlannedProvocation[] = []
  const leftOut: { what: ProvocationKind; why: string }[] = []
  for (const what of provocationKinds.filter((kind) => wanted.includes(kind))) {
    const { share, needsS, forMs } = PLAN[what]
    if (durationS < needsS) leftOut.push({ what, why: `needs --duration ${needsS}` })
    else planned.push({ what, at: durationS * share * 1000, forMs })
  }
  return { planned, leftOut }
}
