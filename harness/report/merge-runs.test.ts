import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from '../measure/histogram.ts'
import { latencyRecord } from '../scenario/viewer-records.ts'
import { mergeRuns } from './merge-runs.ts'
import { type RunRecord, runRecord, type ScenarioRecord } from './run-record.ts'
import { failingRun, passingRun, sampleRun } from './samples/runs.ts'
import { sampleScenario } from './samples/scenario.ts'

/** The parts of a run as `count` machines would have written them. */
function shardsOf(whole: RunRecord, count: number): RunRecord[] {
  return Array.from({ length: count }, (_, i) =>
    sampleRun({
      ...whole,
      run: { ...whole.run, id: `part-${i}`, shard: { index: i + 1, count, of: 'all' } },
      scenarios: whole.scenarios.filter((_, place) => place % count === i),
    }),
  )
}

test.each([
  ['passing', passingRun],
  ['failing', failingRun],
])('the shards of a %s run say together what one run says', (_, make) => {
  const whole = make()
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: whole.scenarios.length }).chain((count) =>
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, i) => i),
          { minLength: count },
        ),
      ),
      (order) => {
        const parts = shardsOf(whole, order.length)
        const merged = mergeRuns(order.map((i) => parts[i]!))
        expect(runRecord.parse(merged)).toEqual(merged)
        expect(merged.summary).toEqual(whole.summary)
        const byId = (a: ScenarioRecord, b: ScenarioRecord) => (a.id < b.id ? -1 : 1)
        expect(merged.scenarios.toSorted(byId)).toEqual(whole.scenarios.toSorted(byId))
        expect(merged.health).toEqual(whole.health)
        expect(merged.run.parts).toHaveLength(order.length)
      },
    ),
    { numRuns: 20 },
  )
})

const times = fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
})

function measured(samples: readonly number[], lost: number): ScenarioRecord {
  const histogram = new Histogram(0.5)
  for (const ms of samples) histogram.record(ms)
  const latency = [latencyRecord({ path: 'H5Live', to: 'received', lost, links: [] }, histogram)]
  return sampleScenario({ title: 'a crowd', id: 'crowd', latency, verdicts: [] })
}

test('percentiles of one path come from the samples of all machines', () => {
  fc.assert(
    fc.property(times, times, times, (a, b, c) => {
      const runs = [a, b, c].map((samples, i) =>
        sampleRun({ run: { id: `run-${i}` }, scenarios: [measured(samples, i)] }),
      )
      const [together] = mergeRuns(runs).scenarios[0]!.latency
      const [one] = measured([...a, ...b, ...c], 3).latency
      expect(together).toMatchObject({ count: one!.count, lost: 3, errorBoundMs: 0.5 })
      for (const figure of ['p50', 'p95', 'p99', 'max'] as const) {
        const allowed = Math.max(0.002, one![figure] * 0.002)
        expect(Math.abs(together![figure] - one![figure])).toBeLessThanOrEqual(allowed)
      }
    }),
    { numRuns: 60 },
  )
})

test('a threshold is held against all samples, not against those of each machine', () => {
  const verdict = (outcome: 'pass' | 'fail') => ({
    rule: 'threshold',
    level: 'must' as const,
    outcome,
    expected: 'delivery latency p(90)<100ms',
    actual: '',
    evidence: [],
  })
  const run = (id: string, samples: number[], outcome: 'pass' | 'fail') =>
    sampleRun({
      run: { id },
      scenarios: [{ ...measured(samples, 0), verdicts: [verdict(outcome)] }],
    })
  const many = Array.from({ length: 980 }, () => 10)
  const few = Array.from({ length: 20 }, () => 900)
  const merged = mergeRuns([run('many', many, 'pass'), run('few', few, 'fail')])
  expect(merged.scenarios[0]?.verdicts).toMatchObject([{ outcome: 'pass' }])
  expect(merged.scenarios[0]?.status).toBe('pass')
  const worse = mergeRuns([run('few', many.slice(0, 100), 'pass'), run('many', few, 'fail')])
  expect(worse.scenarios[0]?.status).toBe('fail')
})

test('a shard that is missing leaves the run unfinished, and no pass comes of it', () => {
  const [first, , third] = shardsOf(passingRun(), 3) as [RunRecord, RunRecord, RunRecord]
  const merged = mergeRuns([first, third])
  expect(merged.run.complete).toBe(false)
  expect(merged.summary).toMatchObject({ status: 'invalid', exitCode: 3 })
})

test('an interruption and an unwell harness of one part are those of the whole', () => {
  const [first, second] = shardsOf(passingRun(), 2) as [RunRecord, RunRecord]
  const cut = {
    ...second,
    run: { ...second.run, complete: false, interrupted: { cause: 'signal', detail: 'SIGINT' } },
  } as RunRecord
  expect(mergeRuns([first, cut]).summary.exitCode).toBe(3)
  const unwell: RunRecord = {
    ...second,
    health: { ...second.health, status: 'invalid', causes: ['late'] },
  }
  expect(mergeRuns([first, unwell]).health).toMatchObject({ status: 'invalid', causes: ['late'] })
})

const [one, two] = shardsOf(passingRun(), 2) as [RunRecord, RunRecord]
const other = (run: Partial<RunRecord['run']>): RunRecord => ({
  ...two,
  run: { ...two.run, ...run },
})

test.each([
  ['a single run', [one], 'LP_MERGE_FEW'],
  ['another seed', [one, other({ seed: 7 })], 'LP_MERGE_DIFFERENT'],
  [
    'another target',
    [one, other({ target: { ...two.run.target, name: 'x' } })],
    'LP_MERGE_DIFFERENT',
  ],
  [
    'other scenarios',
    [one, other({ shard: { index: 2, count: 2, of: 'some' } })],
    'LP_MERGE_DIFFERENT',
  ],
  ['the same shard', [one, other({ shard: one.run.shard! })], 'LP_MERGE_TWICE'],
  ['the same run', [sampleRun(), sampleRun()], 'LP_MERGE_TWICE'],
] as [string, RunRecord[], string][])('%s is refused', (_, records, code) => {
  expect(() => mergeRuns(records)).toThrow(expect.objectContaining({ code }))
})

test('a latency without its samples cannot be merged', () => {
  const bare = measured([1, 2], 0)
  const without = (id: string) =>
    sampleRun({
      run: { id },
      scenarios: [
        { ...bare, latency: bare.latency.map(({ histogram: _, ...figures }) => figures) },
      ],
    })
  expect(() => mergeRuns([without('a'), without('b')])).toThrow(
    expect.objectContaining({ code: 'LP_MERGE_HISTOGRAM' }),
  )
})
