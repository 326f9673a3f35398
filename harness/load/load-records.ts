import type {
  LatencyRecord,
  LoadRecord,
  SeriesRecord,
  StartupRecord,
} from '../report/run-record.ts'
import { latencyRecord } from '../scenario/viewer-records.ts'
import { budgetText, stalledShare } from './budget.ts'
import { type ApiCalls, startupStages } from './engine.ts'
import type { GatheredStage, LoadGathering } from './gathering.ts'
import { type Capacity, capacityText, findKnee } from './knee.ts'

type StageRecord = LoadRecord['stages'][number]

/** What a report shows of a crowd. */
export interface LoadRecords {
  readonly latency: LatencyRecord[]
  readonly startup: StartupRecord[]
  readonly series: SeriesRecord[]
  /** Absent where nothing was measured. */
  readonly load?: LoadRecord
}

/** @param engine its id */
export function loadRecords(gathering: LoadGathering, engine: string): LoadRecords {
  const { stages, looks } = gathering
  const any = stages.length > 0
  return {
    latency: any ? latencyRecords(gathering, lastWithin(stages) ?? stages.at(-1)) : [],
    startup: startupRecords(stages),
    series: seriesOf(looks),
    ...(any ? { load: loadRecord(gathering, engine) } : {}),
  }
}

export function kneeOf(stages: readonly GatheredStage[]): Capacity {
  return findKnee(stages.map(({ result: { viewers }, verdict }) => ({ viewers, verdict })))
}

export function lastWithin(stages: readonly GatheredStage[]): GatheredStage | undefined {
  return stages.findLast(({ verdict }) => verdict.outcome === 'within')
}

function loadRecord(gathering: LoadGathering, engine: string): LoadRecord {
  const knee = kneeOf(gathering.stages)
  return {
    engine,
    budget: budgetText(gathering.budget),
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
        ...(result.hold.calls ? { calls: callsRecord(result.hold.calls) } : {}),
        ...(use.target ? { target: use.target } : {}),
        ...(use.harness ? { harness: use.harness } : {}),
      }
    }),
  }
}

function callsRecord({ count, failed, latency }: ApiCalls): NonNullable<StageRecord['calls']> {
  return {
    count,
    failed: Object.values(failed).reduce((all, times) => all + times, 0),
    p50: latency.percentile(50),
    p99: latency.percentile(99),
  }
}

function latencyRecords(
  { result }: LoadGathering,
  shown: GatheredStage | undefined,
): LatencyRecord[] {
  const records: LatencyRecord[] = []
  if (shown && shown.result.hold.latency.count > 0) {
    const { hold, viewers } = shown.result
    const path = `${viewers} viewers`
    records.push(latencyRecord({ path, to: 'received', lost: hold.lost, links: [] }, hold.latency))
  }
  if (result && result.byKind.length > 1) {
    for (const { name, figures } of result.byKind)
      if (figures.latency.count > 0)
        records.push(
          latencyRecord(
            { path: `${name}, whole run`, to: 'received', lost: figures.lost, links: [] },
            figures.latency,
          ),
        )
  }
  return records
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
