import { budgetText, judgeStage, type LoadBudget } from '../../load/budget.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { capacityFinding } from './findings.ts'
import { PROBE_HOLD_MS, PROBE_P99_MS, PROBE_RAMP_MS, PROBE_VIEWERS } from './limits.ts'
import { watchCrowd } from './watch-crowd.ts'

const BUDGET: LoadBudget = { p99Ms: PROBE_P99_MS, lost: 0, stalledShare: 1 }

export const capacity: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'load.capacity',
  level: 'must',
  title: 'At the stated load no frame is lost and the latency stays within its budget',
  source: { document: 'project card', clause: 'the crowd' },
  advice: 'find what the server does for each viewer and frame: package once, write to many',
  mutants: [{ kind: 'fault', id: 'drop-1-percent' }],
  async probe(context) {
    const stream = await context.createStream()
    await context.publish(stream)
    const { stages } = await watchCrowd(stream, {
      stages: [{ viewers: PROBE_VIEWERS, rampMs: PROBE_RAMP_MS, holdMs: PROBE_HOLD_MS }],
      signal: context.signal,
    })
    const [stage] = stages
    if (stage === undefined) return skipped(budgetText(BUDGET), 'the probe was cut short')
    return capacityFinding(stage, judgeStage(stage, BUDGET), BUDGET)
  },
}
