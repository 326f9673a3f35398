import { info, skipped } from '../conformance/findings.ts'
import { capacity } from '../conformance/load/capacity.ts'
import { fair } from '../conformance/load/fair.ts'
import { capacityFinding, fairFinding } from '../conformance/load/findings.ts'
import { type Verdict, verdictOf } from '../conformance/rule.ts'
import type { Health } from '../measure/health.ts'
import type {
  LatencyRecord,
  LoadRecord,
  SeriesRecord,
  StartupRecord,
} from '../report/run-record.ts'
import type { ScenarioResult } from '../report/run-writer.ts'
import { latencyRecord } from '../scenario/viewer-records.ts'
import { budgetText, stalledShare } from './budget.ts'
import { startupStages } from './engine.ts'
import type { GatheredStage, LoadGathering } from './gathering.ts'
import { capacityText, findKnee } from './knee.ts'
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
  const { stages, looks, budget } = gathering
  const load = loadRecord(gathered)
  const shown = lastWithin(stages) ?? stages.at(-1)
  const doubt = doubtOf(gathered)
  return {
    id: `load#${options.command}`,
    suite: 'load',
    title: `${options.viewers} viewers${options.steps > 1 ? `, in ${options.steps} steps` : ''}`,
    file: options.command,
    profile: options.profile,
    ...(doubt ? { claimed: 'invalid' as const, reason: doubt } : {}),
    verdicts: verdictsOf(gathered),
    latency: latencyRecords(gathering, shown),
    startup: startupRecords(stages),
    series: seriesOf(looks),
    ...(stages.length > 0 ? { load: { ...load, engine, budget: budgetText(budget) } } : {}),
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
  const knee = findKnee(judged(stages))
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

function judged(stages: readonly GatheredStage[]) {
  return stages.map(({ result: { viewers }, verdict }) => ({ viewers, verdict }))
}

function lastWithin(stages: readonly GatheredStage[]): GatheredStage | undefined {
  return stages.findLast(({ verdict }) => verdict.outcome === 'within')
}

function loadRecord({ gathering }: Gathered): Omit<LoadRecord, 'engine' | 'budget'> {
  const knee = findKnee(judged(gathering.stages))
  return {
    capacity: { ...knee, limitedBy: [...knee.limitedBy], sentence: capacityText(knee) },
    stages: gathering.stages.map(({ result, verdict, use }) => {
      const { latency, frames, lost, viewers, bytes } = result.hold
      const seconds = (result.to - result.from) / 1000
      return {
        viewers: result.viewers,
        playing: viewers.playing,
        seconds,
        outcome: verdict.outcome,
        reasons: [...verdict.reasons],
        ...{ frames, lost },
        p50: latency.percentile(50),
        p99: latency.percentile(99),
        max: latency.max,
        stalledShare: stalledShare(result.hold),
        mbps: (bytes * 8) / seconds / 1e6,
        firstPictureP99: result.ramp.startup.keyFrame.percentile(99),
        ...(use.target ? { target: use.target } : {}),
        ...(use.harness ? { harness: use.harness } : {}),
      }
    }),
  }
}

function latencyRecords(
  { result, stages }: LoadGathering,
  shown: GatheredStage | undefined,
): LatencyRecord[] {
  const records: LatencyRecord[] = []
  if (shown && shown.result.hold.latency.count > 0) {
    const { hold, viewers } = shown.result
    const path = `${viewers} viewers`
    records.push(latencyRecord({ path, to: 'received', lost: hold.lost }, hold.latency))
  }
  if (result && result.byKind.length > 1) {
    for (const { name, figures } of result.byKind)
      if (figures.latency.count > 0)
        records.push(
          latencyRecord(
            { path: `${name}, whole run`, to: 'received', lost: figures.lost },
            figures.latency,
          ),
        )
  }
  return stages.length > 0 ? records : []
}

const STAGE_NAMES = {
  connect: 'TCP connected',
  upgrade: 'accepted',
  init: 'init segment',
  keyFrame: 'first key frame',
} as const

/** Medians, since stages of one viewer cannot be told from sums. */
function startupRecords(stages: readonly GatheredStage[]): StartupRecord[] {
  return stages.flatMap(({ result: { ramp, viewers } }) => {
    if (ramp.startup.keyFrame.count === 0) return []
    let before = 0
    const parts = startupStages.map((stage) => {
      const at = ramp.startup[stage].percentile(50)
      const ms = Math.max(0, at - before)
      before = Math.max(before, at)
      return { name: STAGE_NAMES[stage], ms }
    })
    return [{ viewer: `the median of those that came up to ${viewers} viewers`, stages: parts }]
  })
}

function seriesOf(looks: LoadGathering['looks']): SeriesRecord[] {
  const of = 'the crowd'
  const line = (value: (look: LoadGathering['looks'][number]) => number) =>
    looks.map((look): [number, number] => [look.at, value(look)])
  if (looks.length === 0) return []
  return [
    {
      name: 'p99 latency of each second',
      unit: 'ms',
      kind: 'latency',
      of,
      points: line((l) => l.p99),
    },
    {
      name: 'p50 latency of each second',
      unit: 'ms',
      kind: 'latency',
      of,
      points: line((l) => l.p50),
    },
    {
      name: 'received by all viewers',
      unit: 'kbit/s',
      kind: 'received',
      of,
      points: line((l) => l.kbps),
    },
    { name: 'Viewers', unit: 'viewers', of, points: line((l) => l.viewers) },
  ]
}
