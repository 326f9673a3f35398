import type { Verdict } from '../conformance/rule.ts'

/**
 * Turns verdicts on a mutant into verdicts on the rules: a breach that was wanted is a pass, one
 * that was not, or that is missing, is a failure. What held or was skipped stays as it is.
 */
export function caught(verdicts: readonly Verdict[], wanted: readonly string[]): Verdict[] {
  const broken = new Map(
    verdicts
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
      .map((verdict) => [verdict.rule, verdict]),
  )
  const missed = wanted.filter((id) => !broken.has(id))
  return [
    ...verdicts.filter(({ rule }) => !broken.has(rule) && !missed.includes(rule)),
    ...[...broken.values()].map((verdict) => breach(verdict, wanted)),
    ...missed.map((rule) => miss(rule, verdicts)),
  ]
}

function breach(verdict: Verdict, wanted: readonly string[]): Verdict {
  if (!wanted.includes(verdict.rule)) return { ...verdict, outcome: 'fail' }
  const expected = `caught: not ${verdict.expected}`
  return { ...verdict, outcome: 'pass', expected, caught: true }
}

function miss(rule: string, verdicts: readonly Verdict[]): Verdict {
  const seen = verdicts.find((verdict) => verdict.rule === rule)
  return {
    rule,
    level: seen?.level ?? 'must',
    outcome: 'fail',
    expected: 'caught',
    actual: seen ? `${seen.outcome}: ${seen.actual}` : 'not judged',
    evidence: seen?.evidence ?? [],
  }
}
