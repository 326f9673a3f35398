import type { ProbeContext } from '../probe-context.ts'
import type { Finding, Level, Mutant, ProbedRule } from '../rule.ts'
import { onWhipStage, type WhipStage } from './whip-stage.ts'

interface Card {
  readonly id: string
  readonly level: Level
  readonly title: string
  readonly source: { readonly document: string; readonly clause?: string }
  readonly advice: string
  readonly mutants: readonly Mutant[]
  /** In the reader's words. */
  readonly expected: string
}

/** A rule that does something to a WHIP endpoint. */
export function whipRule(
  { expected, ...card }: Card,
  probe: (stage: WhipStage, expected: string) => Promise<Finding>,
): ProbedRule<ProbeContext> {
  return {
    kind: 'probed',
    ...card,
    probe: (context) => onWhipStage(context, expected, (stage) => probe(stage, expected)),
  }
}
