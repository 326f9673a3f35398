import { info, skipped } from '../conformance/findings.ts'
import { capacity } from '../conformance/load/capacity.ts'
import { fair } from '../conformance/load/fair.ts'
import { capacityFinding, fairFinding } from '../conformance/load/findings.ts'
import { type Verdict, verdictOf } from '../conformance/rule.ts'
import type { Health } from '../measure/health.ts'
import type { ScenarioResult } from '../report/run-writer.ts'
import { budgetText } from './budget.ts'
import type { LoadGathering } from './gathering.ts'
import { capacityText } from './knee.ts'
import { kneeOf, lastWithin, loadRecords } from './load-records.ts'
import type { LoadOptions } from './run-load.ts'

interface Gathered {
  readonly options: LoadOptions
  readonly gathering: LoadGathering
  /** Of the process that publishes and gathers; the engine judges its own. */
  readonly health: Health
  readonly engine: string
}

/** Everything that a load test found out, as one scenario of the run record. */
export function loadScenario(gathered: Gathered): Omit<ScenarioResult, 'durationMs'> {
  const { options, gathering, engine } = gathered
  const doubt = doubtOf(gathered)
  return {
    id: `load#${options.command}`,
    suite: 'load',
    title: `${options.viewers} viewers${options.steps > 1 ? `, in ${options.steps} steps` : ''}`,
    file: options.command,
    profile: options.profile,
    ...(doubt ? { claimed: 'invalid' as const, reason: doubt } : {}),
    verdicts: verdictsOf(gathered),
    ...loadRecords(gathering, engine),
    artifacts: [],
  }
}

/** Why nobody can vouch for the outcome; undefined where the target has shown what it can. */
function doubtOf({ gathering, health }: Gathered): string | undefined {
  const { stages } = gathering
  if (stages.length === 0) return 'it ended before anything could be measured'
  const ailing = stages.find(({ verdict }) => verdict.outcome === 'invalid')
  if (ailing)
    return `the harness was not fit to measure ${ailing.result.viewers} viewers: ${ailing.verdict.reasons.join('; ')}`
  if (stages.every(({ verdict }) => verdict.outcome === 'within')) return undefined
  // Shares of one core mean nothing to a process with threads, which have been judged one by one.
  const causes = health.causes.filter((cause) => !cause.startsWith('harness CPU '))
  return causes.length > 0 ? `the harness was not fit to measure: ${causes.join('; ')}` : undefined
}

function verdictsOf({ options, gathering }: Gathered): Verdict[] {
  const { stages, budget } = gathering
  const last = stages.at(-1)
  if (last === undefined) return []
  const searching = options.steps > 1
  const knee = kneeOf(stages)
  const capacityVerdict =
    searching && knee.viewers !== null
      ? verdictOf(capacity, {
          ...info(`the most viewers with ${budgetText(budget)}`, capacityText(knee)),
        })
      : verdictOf(capacity, capacityFinding(last.result, last.verdict, budget))
  const within = lastWithin(stages)
  if (within === undefined) return [capacityVerdict]
  const fairVerdict =
    options.mix.length > 1
      ? skipped(fair.title, 'viewers of several kinds cannot be compared with each other')
      : within.result.engine.causes.length > 0
        ? skipped(fair.title, `doubtful: ${within.result.engine.causes.join('; ')}`)
        : fairFinding(within.result.hold)
  return [capacityVerdict, verdictOf(fair, fairVerdict)]
}
