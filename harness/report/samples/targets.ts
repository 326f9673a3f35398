import { compareTargets } from '../compare-targets.ts'
import type { RunRecord } from '../run-record.ts'
import { passingRun, sampleRun } from './runs.ts'
import { goodVerdicts } from './scenario.ts'

/** The report of a good target, beside one that breaks a rule and lacks what another needs. */
export function severalTargetsRun(): RunRecord {
  const good = passingRun()
  const scenarios = good.scenarios.map((scenario) => ({
    ...scenario,
    status: 'fail' as const,
    verdicts: goodVerdicts().map((verdict) => {
      if (verdict.rule === 'h5live.timeline')
        return { ...verdict, outcome: 'fail' as const, actual: 'a gap of 9,000 ticks' }
      if (verdict.rule === 'h5live.join')
        return { ...verdict, outcome: 'skipped' as const, actual: 'elsewhere has no player page' }
      return verdict
    }),
  }))
  const run = {
    id: 'elsewhere-run',
    target: { name: 'elsewhere', kind: 'remote' as const, api: 'https://elsewhere.test' },
  }
  return { ...good, targets: compareTargets([good, sampleRun({ run, scenarios })]) }
}
