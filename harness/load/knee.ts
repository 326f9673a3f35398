import type { StageVerdict } from './budget.ts'

export interface JudgedStage {
  readonly viewers: number
  readonly verdict: StageVerdict
}

/** Where the load curve bends, as far as a run could tell. */
export interface Capacity {
  /** Most viewers that were served within the budget; null: none were. */
  readonly viewers: number | null
  /**
   * `knee`: the next step was over the budget. `at-least`: all steps were within it.
   * `harness`: the next step was more than the harness can vouch for.
   */
  readonly bound: 'knee' | 'at-least' | 'harness'
  /** Viewers of the step that was not within the budget; null where there was none. */
  readonly next: number | null
  /** What was over its budget there, or what ailed the harness. */
  readonly limitedBy: readonly string[]
}

/** The first step that is not within the budget ends the search: what is above proves nothing. */
export function findKnee(stages: readonly JudgedStage[]): Capacity {
  const index = stages.findIndex(({ verdict }) => verdict.outcome !== 'within')
  const held = index < 0 ? stages.at(-1) : stages[index - 1]
  const next = stages[index]
  const bound =
    next === undefined ? 'at-least' : next.verdict.outcome === 'over' ? 'knee' : 'harness'
  return {
    viewers: held?.viewers ?? null,
    bound,
    next: next?.viewers ?? null,
    limitedBy: next?.verdict.reasons ?? [],
  }
}

export function capacityText({ viewers, bound, next, limitedBy }: Capacity): string {
  const held = viewers === null ? 'none of the loads' : `${viewers} viewers`
  if (bound === 'at-least') return `${held} within the budget; no knee up to there`
  const why = limitedBy.join('; ')
  if (bound === 'knee') return `${held} within the budget, over it at ${next}: ${why}`
  return `${held} within the budget; the harness cannot vouch for ${next}: ${why}`
}
