import type { StageVerdict } from '../../load/budget.ts'
import { budgetText, type LoadBudget, stalledShare } from '../../load/budget.ts'
import type { CrowdFigures, StageResult } from '../../load/engine.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { Finding } from '../rule.ts'
import { FAIR_FACTOR, FAIR_FLOOR_MS, LEAST_VIEWERS } from './limits.ts'

/** What `load.capacity` says of one plateau. */
export function capacityFinding(
  stage: StageResult,
  verdict: StageVerdict,
  budget: LoadBudget,
): Finding {
  const expected = `${stage.viewers} viewers: ${budgetText(budget)}`
  if (verdict.outcome === 'invalid')
    return skipped(expected, `the harness was not fit to measure: ${verdict.reasons.join('; ')}`)
  const actual = seenText(stage.hold)
  if (verdict.outcome === 'within') return holds(expected, actual)
  return broken(
    expected,
    actual,
    verdict.reasons.map((note) => ({ note })),
  )
}

/** What `load.fair` says of viewers of one kind. */
export function fairFinding({ perViewer }: CrowdFigures): Finding {
  const expected = `no viewer's p99 over ${FAIR_FACTOR} times that of the viewer in the middle (or ${FAIR_FLOOR_MS} ms)`
  if (perViewer === null || perViewer.viewers < LEAST_VIEWERS)
    return skipped(
      expected,
      `${perViewer?.viewers ?? 0} viewers had frames enough, ${LEAST_VIEWERS} are wanted`,
    )
  const { medianP99, worstP99, viewers } = perViewer
  const actual = `worst ${worstP99.toFixed(0)} ms, in the middle ${medianP99.toFixed(0)} ms, of ${viewers} viewers`
  const limit = Math.max(FAIR_FACTOR * medianP99, FAIR_FLOOR_MS)
  return worstP99 <= limit ? holds(expected, actual) : broken(expected, actual)
}

export function seenText(figures: CrowdFigures): string {
  const { frames, lost, calls } = figures
  if (!calls) return watchedText(figures)
  const failed = Object.values(calls.failed).reduce((all, count) => all + count, 0)
  const called =
    `${failed} of ${calls.count} API calls failed, answers p50 ` +
    `${calls.latency.percentile(50).toFixed(1)} ms, p99 ${calls.latency.percentile(99).toFixed(1)} ms`
  return frames + lost > 0 ? `${watchedText(figures)}; ${called}` : called
}

function watchedText(figures: CrowdFigures): string {
  const { latency, lost, viewers, frames } = figures
  const stalled = (stalledShare(figures) * 100).toFixed(2)
  return (
    `${viewers.playing} viewers playing, ${lost} of ${frames + lost} frames lost, latency p50 ` +
    `${latency.percentile(50).toFixed(1)} ms, p99 ${latency.percentile(99).toFixed(1)} ms, max ` +
    `${latency.max.toFixed(0)} ms, stalled ${stalled} %`
  )
}
