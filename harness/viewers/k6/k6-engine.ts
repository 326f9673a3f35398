import { UsageError } from '../../errors.ts'
import type { LoadEngine, LoadJob, LoadResult, ViewerKind } from '../../load/engine.ts'
import { type K6Result, runK6 } from './run-k6.ts'
import { addViewerLines } from './viewer-lines.ts'

const LOOK_EVERY_MS = 1_000

/**
 * The real k6 as an engine of `liveproof load`: one process for each kind of viewer. It tells what
 * its viewers saw when they are done, so it can neither look for the knee step by step nor replace
 * viewers that leave.
 */
export function k6Engine(): LoadEngine {
  return { id: 'k6', run }
}

async function run(job: LoadJob): Promise<LoadResult> {
  const { viewers, rampMs, holdMs } = onlyStage(job)
  const begin = performance.now()
  const shares = share(viewers, job.kinds)
  // k6 says nothing of its viewers before its end, so a look tells only the time.
  const ticker = setInterval(() => {
    const at = performance.now() - begin
    job.onLook?.({ stage: 0, at, ramping: at < rampMs, figures: null })
  }, LOOK_EVERY_MS)
  const runs: { name: string; result: K6Result }[] = []
  try {
    await Promise.all(
      shares.map(async ({ kind, count }) => {
        const result = await runK6({
          format: kind.format === 'hls' ? 'll-hls' : 'h5live',
          urls: kind.urls,
          viewers: count,
          rampSeconds: rampMs / 1000,
          holdSeconds: holdMs / 1000,
          signal: job.signal,
        })
        runs.push({ name: kind.name, result })
      }),
    )
  } finally {
    clearInterval(ticker)
  }
  const all = addViewerLines(
    runs.map(({ result }) => result.lines),
    Math.max(...runs.map(({ result }) => result.clockErrorMs)),
  )
  const engine = { causes: [], figures: costs(runs.map(({ result }) => result)) }
  const stage = {
    ...{ stage: 0, viewers, from: rampMs, to: rampMs + holdMs },
    ...{ ramp: all.ramp, hold: all.hold, engine },
  }
  await job.onStage(stage)
  return {
    stages: [stage],
    total: all.total,
    byKind: runs.map(({ name, result }) => ({ name, figures: result.seen.total })),
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

function costs(results: readonly K6Result[]) {
  const sum = (of: 'cpuMs' | 'peakRssBytes') => results.reduce((all, one) => all + one[of], 0)
  return [
    { name: 'k6 CPU time', value: sum('cpuMs') / 1000, unit: 's' },
    { name: 'k6 memory', value: sum('peakRssBytes') / 1e6, unit: 'MB' },
  ]
}
