import type { ScenarioRecord } from '../report/run-record.ts'

/**
 * Rules that were seen to hold where nothing was wrong: an invalid or a failed scenario vouches for
 * none, and a breach that was wanted is a pass of its scenario only.
 */
export function rulesHeld(
  scenarios: readonly Pick<ScenarioRecord, 'status' | 'verdicts'>[],
): string[] {
  return scenarios
    .filter(({ status }) => status === 'pass' || status === 'warn')
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ outcome, caught }) => outcome === 'pass' && !caught)
    .map(({ rule }) => rule)
}
