import type { Evidence, Finding } from '../rule.ts'

/** One thing that a probe tried. */
export interface Case {
  readonly name: string
  readonly ok: boolean
  /** What was seen instead, where it is not ok. */
  readonly seen?: string
  /** The source does not demand this one: its breach alone is a warning. */
  readonly should?: boolean
}

const MOST_EVIDENCE = 20

/** A rule holds when every case of it does; where only a wish is broken, it warns. */
export function findingOf(expected: string, cases: readonly Case[]): Finding {
  // What counts most comes first.
  const bad = cases
    .filter((it) => !it.ok)
    .sort((a, b) => Number(a.should ?? false) - Number(b.should ?? false))
  if (cases.length === 0) return { result: 'skipped', expected, actual: 'no case could be tried' }
  if (bad.length === 0) return { result: 'holds', expected, actual: `all ${cases.length} cases` }
  const first = bad[0]
  const evidence: Evidence[] = bad
    .slice(0, MOST_EVIDENCE)
    .map((it) => ({ note: `${it.name}: ${it.seen ?? 'not so'}` }))
  return {
    result: first?.should ? 'warned' : 'broken',
    expected,
    actual: `${bad.length} of ${cases.length} cases broken: ${first?.name}: ${first?.seen ?? 'not so'}`,
    evidence,
  }
}
