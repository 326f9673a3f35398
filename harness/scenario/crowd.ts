import { defaultBudget, type LoadBudget } from '../load/budget.ts'
import type { LoadFormat, LoadResult, LoadStage } from '../load/engine.ts'
import { LoadGathering } from '../load/gathering.ts'
import { openKinds } from '../load/kinds.ts'
import type { Capacity } from '../load/knee.ts'
import { kneeOf, loadRecords } from '../load/load-records.ts'
import { parseMix } from '../load/mix.ts'
import { requireLoopback } from '../load/own-host.ts'
import { openPlaces } from '../load/places.ts'
import { nowMs } from '../measure/clock.ts'
import type { TargetStream } from '../targets/target.ts'
import { swarmEngine } from '../viewers/swarm/swarm-engine.ts'
import type { ScenarioOutcome } from './result.ts'
import type { Workbench } from './workbench.ts'

export interface CrowdOptions {
  /** As `liveproof load --mix` takes it: `h5live:8,hls:1`. Formats without an address are left out. */
  readonly mix: string
  /** The first one that is over the budget is the last. */
  readonly stages: readonly LoadStage[]
  /** Mean ms that a viewer stays before another takes its place; absent: to the end */
  readonly stayMs?: number
  /** Of the whole crowd, slow readers included; the default one where it says nothing. */
  readonly budget?: Partial<LoadBudget>
}

interface Surroundings {
  readonly bench: Workbench
  readonly outcome: ScenarioOutcome
  readonly seed: number
  /** Of the scenario, ms of our clock. */
  readonly startedAt: number
}

/**
 * Lets a crowd watch a stream, and puts its load curve into the report.
 * @throws NotOffered where that is not on loopback
 */
export async function runCrowd(
  stream: TargetStream,
  { mix, stages, stayMs, budget }: CrowdOptions,
  { bench, outcome, seed, startedAt }: Surroundings,
): Promise<LoadResult & { readonly capacity: Capacity }> {
  // The swarm refuses clients of the API, with a message that says who makes them.
  const address = (format: LoadFormat) =>
    format === 'api' ? bench.target.api : stream.playout[format]
  const parts = parseMix(mix).filter(({ format }) => address(format) !== undefined)
  requireLoopback(parts.map(({ format }) => address(format) ?? ''))
  const places = await openPlaces(bench, { mix: parts })
  const kinds = await openKinds({
    bench,
    mix: parts,
    streams: [stream],
    places,
    seed,
    ownHosts: [],
  })
  const engine = swarmEngine()
  const gathering = new LoadGathering({ ...defaultBudget, ...budget })
  const own = bench.target.reference ? [bench.target.reference.pid] : []
  await gathering.begin([...own, ...places.pids])
  const began = nowMs() - startedAt
  try {
    const result = await engine.run({
      ...{ kinds, stages, seed, arrival: 'poisson', signal: bench.signal },
      ...(stayMs === undefined ? {} : { stayMs }),
      onLook: (look) => gathering.look(look),
      onStage: async (stage) => (await gathering.stage(stage)).verdict.outcome === 'within',
    })
    gathering.end(result)
    return { ...result, capacity: kneeOf(gathering.stages) }
  } finally {
    const { latency, startup, series, load } = loadRecords(gathering, engine.id)
    outcome.latency.push(...latency)
    outcome.startup.push(...startup)
    for (const { points, ...one } of series)
      outcome.series.push({ ...one, points: points.map(([at, value]) => [at + began, value]) })
    if (load) outcome.load = load
  }
}
