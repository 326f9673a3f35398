import type { Verdict } from '../conformance/rule.ts'
import { LiveproofError } from '../errors.ts'
import { type JudgedThings, judge } from './judge.ts'
import type { ScenarioOutcome } from './result.ts'

export interface RuleExpectation {
  /** Every chosen rule is judged and reported. @throws RulesBroken when a MUST is broken */
  toHold(): Promise<void>
  /**
   * Of the chosen rules, exactly these are broken, at whatever level: for encoders that are wrong
   * on purpose. The report shows each of them as caught. @throws RulesBroken otherwise
   */
  toBreakExactly(ids: readonly string[]): Promise<void>
}

/** Ends a scenario whose verdicts tell the rest. */
export class RulesBroken extends LiveproofError {
  constructor(message: string) {
    super('LP_RULES_BROKEN', message)
  }
}

export function ruleExpectation(
  selectors: readonly string[],
  things: JudgedThings,
  outcome: ScenarioOutcome,
): RuleExpectation {
  return {
    async toHold() {
      const verdicts = await judge(selectors, things)
      outcome.verdicts.push(...verdicts)
      const broken = verdicts.filter((verdict) => verdict.outcome === 'fail')
      if (broken.length > 0) throw new RulesBroken(broken.map(describe).join('\n'))
    },

    async toBreakExactly(ids) {
      const verdicts = caught(await judge(selectors, things), ids)
      outcome.verdicts.push(...verdicts)
      const wrong = verdicts.filter((verdict) => verdict.outcome === 'fail')
      if (wrong.length > 0) throw new RulesBroken(wrong.map(describe).join('\n'))
    },
  }
}

/** Turns verdicts on a mutant into verdicts on the rules: a breach that was wanted is a pass. */
export function caught(verdicts: readonly Verdict[], wanted: readonly string[]): Verdict[] {
  const broken = new Map(
    verdicts
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
      .map((verdict) => [verdict.rule, verdict]),
  )
  const missed = wanted.filter((id) => !broken.has(id))
  return [
    ...[...broken.values()].map((verdict): Verdict => {
      const expected = wanted.includes(verdict.rule)
      return {
        ...verdict,
        outcome: expected ? 'pass' : 'fail',
        expected: expected ? `caught: not ${verdict.expected}` : verdict.expected,
      }
    }),
    ...missed.map((rule): Verdict => {
      const seen = verdicts.find((verdict) => verdict.rule === rule)
      return {
        rule,
        level: seen?.level ?? 'must',
        outcome: 'fail',
        expected: 'caught',
        actual: seen ? `${seen.outcome}: ${seen.actual}` : 'not judged',
        evidence: seen?.evidence ?? [],
      }
    }),
  ]
}

function describe({ rule, expected, actual }: Verdict): string {
  return `${rule}: expected ${expected}; saw ${actual}`
}
