import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { k6Health } from './k6-health.ts'
import { parseLines } from './line.ts'
import { bucketOf } from './script/buckets.ts'

const nothing = { frames: 0, lost: 0, doubled: 0, bytes: 0, latency: [] }

function linesWith(openedMs: number, timerMs: number) {
  const line = {
    ...{ lp: 1, viewer: 1, firstFrameMs: 4, failure: null, ramp: nothing, hold: nothing },
    playback: { playedMs: 0, stalledMs: 0, stalls: 0 },
    late: { openedMs, timers: [[bucketOf(timerMs * 1000), 40]] },
  }
  return parseLines([JSON.stringify(line)])
}

const fit = linesWith(1, 2)
const cost = (cpu: number, waiting: number, ms = 10_000) => ({
  ...{ cpuMs: 5_000, peakRssBytes: 200e6 },
  hold: { ms, cpu: cpu * availableParallelism(), waiting: waiting * availableParallelism() },
})

test('a k6 that is fit gives no cause, and its cost is the cost of the harness', () => {
  const { causes, use } = k6Health(fit, { wanted: 1, costs: [cost(0.2, 0.05), cost(0.1, 0.05)] })
  expect(causes).toEqual([])
  expect(use?.cpu).toBeCloseTo(0.3 * availableParallelism())
  expect(use?.rssBytes).toBe(400e6)
})

test('late timers, late viewers and viewers without a line are causes, wherever k6 ran', () => {
  expect(k6Health(linesWith(1, 150), { wanted: 1 }).causes).toEqual([
    expect.stringMatching(/^k6 timers late, p99 1\d\d/),
  ])
  expect(k6Health(linesWith(600, 2), { wanted: 1 }).causes).toEqual([
    'viewers opened late, max 600 ms, limit 500 ms',
  ])
  expect(k6Health(fit, { wanted: 3 }).causes).toEqual([
    'k6 said nothing of 2 viewers, limit 0 viewers',
  ])
})

test('processes of k6 that together fill the machine, or wait for a core, are causes', () => {
  const causes = (...costs: ReturnType<typeof cost>[]) => k6Health(fit, { wanted: 1, costs }).causes
  expect(causes(cost(0.5, 0), cost(0.45, 0))).toEqual([
    'k6 CPU, of the machine 95.0 %, limit 90.0 %',
  ])
  expect(causes(cost(0.1, 0.3))).toEqual([
    'k6 threads waiting for a core, for each core 30.0 %, limit 20.0 %',
  ])
  // Of a second nothing can be said.
  expect(causes(cost(0.1, 0.3, 1_000))).toEqual([])
})
