import { EnvironmentError, UsageError } from '../../errors.ts'
import type { LoadEngine, LoadFormat, LoadJob, LoadResult, ViewerKind } from '../../load/engine.ts'
import type { ProcessUse } from '../../load/process-meter.ts'
import { ensurePrograms } from '../../setup/ensure.ts'
import { k6 } from '../../setup/programs.ts'
import { budgetThresholds } from './budget-thresholds.ts'
import { k6Health } from './k6-health.ts'
import { type K6Format, type K6Result, runK6 } from './run-k6.ts'
import { addViewerLines } from './viewer-lines.ts'

const LOOK_EVERY_MS = 1_000

const FORMATS: Readonly<Record<Exclude<LoadFormat, 'progressive'>, K6Format>> = {
  h5live: 'h5live',
  hls: 'll-hls',
  api: 'api',
}

/**
 * The real k6 as an engine of `liveproof load`: one process for each kind of viewer. It tells what
 * its viewers saw when they are done, so it can neither look for the knee step by step nor replace
 * viewers that leave.
 */
export function k6Engine(): LoadEngine {
  return { id: 'k6', prepare, run }
}

function prepare(say: (line: string) => void): void {
  const [missing] = ensurePrograms([k6], say).missing
  if (missing)
    throw new EnvironmentError(
      'LP_K6_MISSING',
      `k6 is not installed, and could not be built: ${missing.reason}; ./liveproof doctor --fix builds it where Go is`,
    )
}

interface KindRun {
  readonly kind: ViewerKind
  readonly count: number
  readonly result: K6Result
}

async function run(job: LoadJob): Promise<LoadResult> {
  const { viewers, rampMs, holdMs } = onlyStage(job)
  const begin = performance.now()
  const uses = new Map<ViewerKind, ProcessUse>()
  // k6 says nothing of its viewers before its end, so a look tells only the time and the cost.
  const ticker = setInterval(() => {
    const at = performance.now() - begin
    const use = uses.size > 0 ? { use: sumOf([...uses.values()]) } : {}
    job.onLook?.({ stage: 0, at, ramping: at < rampMs, figures: null, ...use })
  }, LOOK_EVERY_MS)
  const runs: KindRun[] = []
  try {
    await Promise.all(
      share(viewers, job.kinds).map(async ({ kind, count }) => {
        const format = FORMATS[kind.format as keyof typeof FORMATS]
        const result = await runK6({
          format,
          urls: kind.urls,
          ...(kind.apiKey === undefined ? {} : { apiKey: kind.apiKey }),
          viewers: count,
          rampSeconds: rampMs / 1000,
          holdSeconds: holdMs / 1000,
          ...(job.budget ? { thresholds: budgetThresholds(job.budget, format) } : {}),
          signal: job.signal,
          onUse: (use) => uses.set(kind, use),
        })
        runs.push({ kind, count, result })
      }),
    )
  } finally {
    clearInterval(ticker)
  }
  const lines = {
    viewers: runs.flatMap(({ result }) => result.lines.viewers),
    clients: runs.flatMap(({ result }) => result.lines.clients),
  }
  const clockErrorMs = Math.max(...runs.map(({ result }) => result.clockErrorMs))
  const all = addViewerLines(lines, clockErrorMs, viewers)
  const costs = runs.map(({ result }) => result.cost)
  const { figures, ...health } = k6Health(lines, { wanted: viewers, costs })
  const crossed = runs.flatMap(({ result }) => result.thresholds.filter(({ held }) => !held))
  const thresholds = { name: 'k6 thresholds crossed', value: crossed.length, unit: 'thresholds' }
  const engine = { ...health, figures: [...figures, thresholds] }
  const stage = {
    ...{ stage: 0, viewers, from: rampMs, to: rampMs + holdMs },
    ...{ ramp: all.ramp, hold: all.hold, engine },
  }
  await job.onStage(stage)
  return {
    stages: [stage],
    total: all.total,
    byKind: runs.map(({ kind, count, result: { lines, clockErrorMs } }) => ({
      name: kind.name,
      figures: addViewerLines(lines, clockErrorMs, count).total,
    })),
    engine,
    complete: !job.signal.aborted,
  }
}

function onlyStage({ stages, kinds, arrival, stayMs }: LoadJob) {
  const [stage, ...more] = stages
  const obstacle =
    (more.length > 0 && 'go up in steps') ||
    (arrival !== 'even' && 'let viewers come at random') ||
    (stayMs !== undefined && 'replace viewers that leave') ||
    (kinds.some(({ format }) => format === 'progressive') && 'play progressive MP4') ||
    (kinds.some(({ readRate }) => readRate !== undefined) && 'read slowly')
  if (!stage || obstacle)
    throw new UsageError('LP_K6_JOB', `k6 cannot ${obstacle}; use --engine swarm`)
  return stage
}

/** Viewers of each kind, by weight; the remainder goes to the first ones. */
function share(viewers: number, kinds: readonly ViewerKind[]) {
  const weights = kinds.reduce((all, { weight }) => all + weight, 0)
  const counts = kinds.map(({ weight }) => Math.floor((viewers * weight) / weights))
  let rest = viewers - counts.reduce((all, count) => all + count, 0)
  return kinds
    .map((kind, i) => ({ kind, count: counts[i]! + (rest-- > 0 ? 1 : 0) }))
    .filter(({ count }) => count > 0)
}

function sumOf(uses: readonly ProcessUse[]): ProcessUse {
  return {
    cpu: uses.reduce((all, { cpu }) => all + cpu, 0),
    rssBytes: uses.reduce((all, { rssBytes }) => all + rssBytes, 0),
  }
}
