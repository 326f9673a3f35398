import { expect, test } from 'vitest'
import type { LatencyRecord, ScenarioRecord } from './run-record.ts'
import { sampleLatency, sampleScenario } from './samples/scenario.ts'
import { watchedPaths } from './watched-paths.ts'

function latency(path: string, base: number, part: Partial<LatencyRecord> = {}): LatencyRecord {
  return { ...sampleLatency(path, base, 7, 'received'), ...part }
}

/** Two viewers with a frame each second: the second one came at 9 s, when the first was ended. */
function scenarioOf(...latencies: LatencyRecord[]): ScenarioRecord {
  const seconds = (of: string, from: number, to: number) => ({
    name: `latency, ${of}`,
    unit: 'ms',
    kind: 'latency' as const,
    of,
    points: Array.from({ length: to - from }, (_, i): [number, number] => [
      (from + i) * 1_000,
      40 + i,
    ]),
  })
  return sampleScenario({
    title: 'a scenario',
    latency: latencies,
    series: [seconds('viewer 1', 0, 5), seconds('viewer 2', 9, 12)],
    marks: [{ at: 1_000, until: 2_000, kind: 'stall', label: 'still', of: 'viewer 1' }],
  })
}

test('a viewer and its successor are one path: frames, losses and the pause between them', () => {
  const scenario = scenarioOf(
    latency('viewer 1', 10, { lost: 2 }),
    latency('viewer 2', 400, { lost: 3, after: 'viewer 1', missed: 110 }),
  )
  const [path, ...more] = watchedPaths(scenario)
  expect(more).toEqual([])
  expect(path?.paths).toEqual(['viewer 1', 'viewer 2'])
  expect(path?.lost).toBe(115)
  expect(path?.latency.map(([at]) => at / 1_000)).toEqual([0, 1, 2, 3, 4, 9, 10, 11])
  expect(path?.stalls).toEqual([
    { at: 1_000, until: 2_000 },
    { at: 4_000, until: 9_000 },
  ])
  expect(path?.figures.count).toBe(600)
  // Half of the frames were fast, half slow: percentiles are those of all of them.
  expect(path?.figures.p50).toBeLessThan(400)
  expect(path?.figures.p95).toBeGreaterThan(400)
})

test('viewers that watched side by side are paths of their own', () => {
  const paths = watchedPaths(scenarioOf(latency('viewer 1', 10), latency('viewer 2', 400)))
  expect(paths.map(({ figures }) => figures.count)).toEqual([300, 300])
  expect(paths[1]?.stalls).toEqual([])
})

test.each<[string, LatencyRecord, LatencyRecord]>([
  ['the viewer before is not in the record', latency('a', 1), latency('b', 1, { after: 'c' })],
  [
    'its samples cannot be put together with the others',
    latency('a', 1),
    latency('b', 1, { after: 'a', histogram: undefined }),
  ],
  [
    'samples of the viewer before are missing',
    latency('a', 1, { histogram: undefined }),
    latency('b', 1, { after: 'a' }),
  ],
  ['it claims to come after itself', latency('a', 1), latency('b', 1, { after: 'b' })],
])('a successor is shown for itself where %s', (_, one, other) => {
  expect(watchedPaths(scenarioOf(one, other)).map(({ paths }) => paths)).toEqual([['a'], ['b']])
})
