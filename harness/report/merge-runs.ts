import { UsageError } from '../errors.ts'
import { mergeScenario } from './merge-scenarios.ts'
import { newRunId } from './run-id.ts'
import type { Health, Run, RunRecord } from './run-record.ts'
import { summarise } from './summarise.ts'

/**
 * Several runs as one: shards of one run, or the same scenarios on several machines. What the
 * result says is what one run would have said.
 * @throws UsageError `LP_MERGE_FEW` | `LP_MERGE_DIFFERENT` | `LP_MERGE_TWICE` and those of
 *   `mergeScenario`
 */
export function mergeRuns(records: readonly RunRecord[]): RunRecord {
  const [first] = records
  if (!first || records.length < 2)
    throw new UsageError('LP_MERGE_FEW', 'merging takes at least two runs')
  requireSameRun(records)
  const parts = Map.groupBy(
    records.flatMap(({ scenarios }) => scenarios),
    ({ id }) => id,
  )
  const record = {
    schema: first.schema,
    run: mergedRun(records),
    health: mergedHealth(records),
    // By file, then as they came: the order of one run.
    scenarios: [...parts.values()]
      .map(mergeScenario)
      .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)),
    rules: Object.assign({}, ...records.map(({ rules }) => rules)) as RunRecord['rules'],
  }
  return { ...record, summary: summarise(record) }
}

/** What must be equal, or the figures would be of nothing. */
const SAME: readonly [name: string, of: (run: Run) => unknown][] = [
  ['target', ({ target }) => `${target.name} (${target.kind})`],
  ['seed', ({ seed }) => seed],
  ['version of liveproof', ({ tool }) => [tool.version, tool.commit].join(' ')],
  ['number of shards', ({ shard }) => shard?.count],
  ['choice of scenarios', ({ shard }) => shard?.of],
]

function requireSameRun(records: readonly RunRecord[]): void {
  for (const [name, of] of SAME) {
    const values = [...new Set(records.map(({ run }) => of(run)))]
    if (values.length > 1)
      throw new UsageError(
        'LP_MERGE_DIFFERENT',
        `the runs differ in ${name}: ${values.map((value) => value ?? 'none').join(', ')}`,
      )
  }
  const ids = records.map(({ run }) => run.id)
  const shards = records.flatMap(({ run }) => run.shard?.index ?? [])
  const twice = repeated(ids) ?? repeated(shards)
  if (twice !== undefined) throw new UsageError('LP_MERGE_TWICE', `${twice} was given twice`)
}

function repeated<T>(values: readonly T[]): T | undefined {
  return values.find((value, place) => values.indexOf(value) !== place)
}

function mergedRun(records: readonly RunRecord[]): Run {
  const runs = records.map(({ run }) => run)
  const [first] = runs as [Run, ...Run[]]
  const startedAt = runs.map((run) => run.startedAt).sort()[0]!
  const finishedAt = runs
    .flatMap((run) => run.finishedAt ?? [])
    .sort()
    .at(-1)
  const absent = absentShards(runs)
  const interrupted = runs.find((run) => run.interrupted)?.interrupted
  const { shard: _, interrupted: __, ...common } = first
  return {
    ...common,
    id: newRunId(),
    startedAt,
    ...(finishedAt ? { finishedAt } : {}),
    durationMs: finishedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : first.durationMs,
    complete: absent.length === 0 && runs.every(({ complete }) => complete),
    ...(interrupted ? { interrupted } : {}),
    command: first.command.replace(/ --shard \S+/, ''),
    versions: Object.assign({}, ...runs.map(({ versions }) => versions)) as Run['versions'],
    parts: runs.map(({ id, startedAt: began, durationMs, host, shard }) => ({
      id,
      startedAt: began,
      durationMs,
      host: `${host.os}, ${host.cpu}`,
      ...(shard ? { shard: `${shard.index}/${shard.count}` } : {}),
    })),
  }
}

/** The shards that nobody brought: without them the run is not finished. */
export function absentShards(runs: readonly Pick<Run, 'shard'>[]): number[] {
  const count = runs[0]?.shard?.count ?? 0
  const here = new Set(runs.map(({ shard }) => shard?.index))
  return Array.from({ length: count }, (_, i) => i + 1).filter((index) => !here.has(index))
}

function mergedHealth(records: readonly RunRecord[]): Health {
  const all = records.map(({ health }) => health)
  const figures = Map.groupBy(
    all.flatMap((health) => health.figures),
    ({ name }) => name,
  )
  return {
    status: all.some(({ status }) => status === 'invalid') ? 'invalid' : 'healthy',
    causes: [...new Set(all.flatMap(({ causes }) => causes))],
    figures: [...figures.values()].map((same) =>
      same.reduce((worst, figure) => (figure.value > worst.value ? figure : worst)),
    ),
  }
}
