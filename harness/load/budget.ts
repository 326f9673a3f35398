import type { ApiCalls, CrowdFigures, StageResult } from './engine.ts'

/** What a load must stay within. */
export interface LoadBudget {
  /** ms, composed to received, 99 of 100 frames; of answers of the API, where it is called */
  readonly p99Ms: number
  /** Frames. */
  readonly lost: number
  /** Share of the time that a player would have stood still. */
  readonly stalledShare: number
}

export const defaultBudget: LoadBudget = { p99Ms: 500, lost: 0, stalledShare: 0.01 }

/** ms that no frame may have taken, so that a reader's own lateness cannot have lost any. */
const LOSS_CERTAIN_MS = 1_000

/** How one plateau did. `invalid`: the harness cannot say. */
export interface StageVerdict {
  readonly outcome: 'within' | 'over' | 'invalid'
  /** What was over its budget, or why the harness cannot say; empty when within. */
  readonly reasons: readonly string[]
}

export function budgetText({ p99Ms, lost, stalledShare }: LoadBudget): string {
  return `lost frames ≤ ${lost}, p99 latency ≤ ${p99Ms} ms, stalled ≤ ${percent(stalledShare)} of the time, every viewer served`
}

/**
 * What was within the budget was so whatever ailed the harness, because that only adds to what is
 * measured. Where it was over, doubts come first: a target is never blamed for them.
 */
export function judgeStage(
  { viewers, ramp, hold, engine }: StageResult,
  budget: LoadBudget,
  causes: readonly string[] = [],
): StageVerdict {
  const { negative } = hold.latency
  if (negative > 0) return { outcome: 'invalid', reasons: [`${negative} latencies below zero`] }
  const doubts = [...engine.causes, ...causes]
  const reasons = overBudget(hold, budget)
  const unserved = [...problems(ramp, 'ramp'), ...problems(hold, 'plateau')]
  if (unserved.length > 0 && hold.viewers.playing < viewers) reasons.push(...unserved)
  if (hold.viewers.playing === 0) reasons.push('no viewer had a picture')
  else if (hold.latency.count === 0 && !hold.calls) reasons.push('no frame carried a stamp')
  if (reasons.length === 0) return { outcome: 'within', reasons }
  // TCP keeps what a late reader has not read; only after a long while does a server skip it.
  const lossIsCertain = hold.lost > budget.lost && hold.latency.max < LOSS_CERTAIN_MS
  if (lossIsCertain) return { outcome: 'over', reasons }
  return doubts.length > 0
    ? { outcome: 'invalid', reasons: [...doubts, ...reasons] }
    : { outcome: 'over', reasons }
}

export function stalledShare({ playback }: CrowdFigures): number {
  return playback.playedMs > 0 ? playback.stalledMs / playback.playedMs : 0
}

function overBudget(hold: CrowdFigures, budget: LoadBudget): string[] {
  const reasons: string[] = []
  const p99 = hold.latency.percentile(99)
  const share = stalledShare(hold)
  if (hold.lost > budget.lost)
    reasons.push(`${hold.lost} of ${hold.frames + hold.lost} frames lost`)
  if (p99 > budget.p99Ms) reasons.push(`p99 latency ${p99.toFixed(0)} ms`)
  if (share > budget.stalledShare)
    reasons.push(`stalled for ${percent(share)} of the time, ${hold.playback.stalls} times`)
  if (hold.calls) reasons.push(...overBudgetCalls(hold.calls, budget))
  return reasons
}

function overBudgetCalls({ count, failed, latency }: ApiCalls, budget: LoadBudget): string[] {
  const reasons = Object.entries(failed).map(
    ([reason, times]) => `${times} of ${count} API calls failed: ${reason}`,
  )
  const p99 = latency.percentile(99)
  if (count === 0) reasons.push('the API was not called')
  if (p99 > budget.p99Ms) reasons.push(`p99 of API answers ${p99.toFixed(0)} ms`)
  return reasons.slice(0, 4)
}

function problems({ viewers }: CrowdFigures, when: string): string[] {
  const list = (what: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([reason, count]) => `${count} ${what} in the ${when}: ${reason}`)
  return [...list('refused', viewers.failed), ...list('cut off', viewers.dropped)].slice(0, 4)
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
