import { encoderSideRules, viewerSideRules } from '../conformance/registry.ts'
import type { Verdict } from '../conformance/rule.ts'
import { LiveproofError } from '../errors.ts'
import { caught } from './caught.ts'
import { chooseRules, type JudgedThings, judge } from './judge.ts'
import type { ScenarioOutcome } from './result.ts'

export interface RuleExpectation {
  /**
   * Every chosen rule is judged and reported.
   * @throws RulesBroken when a MUST is broken
   * @throws RulesUnjudged when of a chosen family nothing was seen that could be judged
   */
  toHold(): Promise<void>
  /**
   * Of the chosen rules, exactly these are broken, at whatever level; the others hold or could not
   * be judged. The report shows them all, the broken ones as caught.
   * @throws RulesBroken otherwise
   * @throws RulesUnjudged when not one of the chosen rules could be judged
   */
  toBreakExactly(ids: readonly string[]): Promise<void>
}

/** Ends a scenario whose verdicts tell the rest. */
export class RulesBroken extends LiveproofError {
  constructor(message: string) {
    super('LP_RULES_BROKEN', message)
  }
}

/** Ends a scenario that expects something of rules, but saw nothing to judge them by. */
export class RulesUnjudged extends LiveproofError {
  constructor(selectors: readonly string[]) {
    super('LP_RULES_UNJUDGED', `nothing was seen to judge by: ${selectors.join(', ')}`)
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
      requireWhole(verdicts)
      const unjudged = selectors.filter((selector) => !isJudged(selector, verdicts, things))
      if (unjudged.length > 0) throw new RulesUnjudged(unjudged)
    },

    async toBreakExactly(ids) {
      const verdicts = caught(await judge(selectors, things), ids)
      outcome.verdicts.push(...verdicts)
      requireWhole(verdicts)
      if (!verdicts.some(wasJudged)) throw new RulesUnjudged(selectors)
    },
  }
}

function requireWhole(verdicts: readonly Verdict[]): void {
  const broken = verdicts.filter(({ outcome }) => outcome === 'fail')
  if (broken.length > 0) throw new RulesBroken(broken.map(describe).join('\n'))
}

/**
 * A probe says for itself why it could not judge, and so does a target that shows less than the
 * reference. A rule that only watches what the scenario does must have had something to watch.
 */
function isJudged(
  selector: string,
  verdicts: readonly Verdict[],
  { bench }: JudgedThings,
): boolean {
  const chosen = chooseRules([selector])
  const own = verdicts.filter(({ rule }) => chosen(rule))
  const watches = [...encoderSideRules, ...viewerSideRules].some(({ id }) => chosen(id))
  return watches && bench.target.reference ? own.some(wasJudged) : own.length > 0
}

function wasJudged({ outcome }: Verdict): boolean {
  return outcome !== 'skipped'
}

function describe({ rule, expected, actual }: Verdict): string {
  return `${rule}: expected ${expected}; saw ${actual}`
}
