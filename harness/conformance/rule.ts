/** must: breaking it fails. should: breaking it warns. info: what was seen is recorded. */
export type Level = 'must' | 'should' | 'info'

export type Outcome = 'pass' | 'warn' | 'fail' | 'info' | 'skipped' | 'invalid'

/** One thing that was seen, and where. */
export interface Evidence {
  /** What was seen, one line. */
  note: string
  /** ms since the session or the recording began */
  at?: number
  /** Frame number, from 0, in its track. */
  frame?: number
  /** Bytes as hex, at most 64. */
  bytes?: string
}

/** What a check returns. The level decides how a breach counts. */
export interface Finding {
  /**
   * `broken` is a breach at the rule's own level; `failed` is a breach that counts as MUST whatever
   * the level, `warned` one that counts as SHOULD.
   */
  result: 'holds' | 'broken' | 'failed' | 'warned' | 'info' | 'skipped'
  /** In the reader's words, with units: "key-frame interval 1.0–2.5 s". */
  expected: string
  /** "8.00 s (4 intervals)". For `skipped`: the reason. */
  actual: string
  evidence?: Evidence[]
  /** For `skipped`: this machine lacks a program, or one does not start. */
  lacking?: true
}

export interface Verdict {
  rule: string
  level: Level
  outcome: Outcome
  expected: string
  actual: string
  evidence: Evidence[]
  /** The rule was broken, as the scenario wanted: the pass is the scenario's, not the rule's. */
  caught?: true
}

/** What breaks a rule, to prove that it can fail. */
export type Mutant =
  | { readonly kind: 'profile'; readonly id: string } // fixtures/profiles/bad/<id>.json
  | { readonly kind: 'fault'; readonly id: string } // reference-impl/faults

interface RuleCard {
  /** `family.name`, stable for ever. */
  readonly id: string
  readonly level: Level
  /** One sentence: what holds. */
  readonly title: string
  readonly source: { readonly document: string; readonly clause?: string }
  /** What to do about a breach, for the vendor: "set the key-frame interval to 2 s". */
  readonly advice?: string
  /** Empty only for info rules. */
  readonly mutants: readonly Mutant[]
}

/** A rule that reads a record of what happened; pure. */
export interface ObservedRule<R> extends RuleCard {
  readonly kind: 'observed'
  check(record: R): Finding
}

/** A rule that does something to a target and watches what comes back. */
export interface ProbedRule<C> extends RuleCard {
  readonly kind: 'probed'
  probe(context: C): Promise<Finding>
}

/** How a breach at the rule's own level counts. */
const breachAt = { must: 'fail', should: 'warn', info: 'info' } as const

function outcomeOf({ level }: RuleCard, { result }: Finding): Outcome {
  switch (result) {
    case 'holds':
      return 'pass'
    case 'broken':
      return breachAt[level]
    case 'failed':
      return 'fail'
    case 'warned':
      return 'warn'
    default:
      return result
  }
}

export function verdictOf(rule: RuleCard, finding: Finding): Verdict {
  return {
    rule: rule.id,
    level: rule.level,
    outcome: outcomeOf(rule, finding),
    expected: finding.expected,
    actual: finding.actual,
    evidence: finding.evidence ?? [],
  }
}

/** Whether the rule was seen to be broken, at whatever level that counts. */
export function isBreach({ result }: Finding): boolean {
  return result === 'broken' || result === 'failed' || result === 'warned'
}
