import { afterAll, beforeAll, expect, test } from 'vitest'
import { nowMs } from '../measure/clock.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import type { Target } from '../targets/target.ts'
import { runCrowd } from './crowd.ts'
import { emptyOutcome } from './result.ts'
import { Workbench } from './workbench.ts'

let target: Target
beforeAll(async () => {
  target = await startReferenceTarget()
})
afterAll(() => target.close())

/** A crowd of 20 on a stream whose addresses are changed before. */
async function crowd(change: (url: string) => string = (url) => url) {
  const bench = new Workbench(target, AbortSignal.timeout(30_000))
  const outcome = emptyOutcome()
  try {
    const stream = await bench.createStream()
    await bench.publish(stream)
    const playout = { ...stream.playout, h5live: change(stream.playout.h5live) }
    const startedAt = nowMs() - 10_000
    const result = await runCrowd(
      { ...stream, playout },
      { mix: 'h5live:3,hls:1', stages: [{ viewers: 20, rampMs: 500, holdMs: 3_000 }] },
      { bench, outcome, seed: 1, startedAt },
    )
    return { result, outcome }
  } finally {
    await bench.close()
  }
}

test('what a crowd got is in the report: its load curve, its latency, and when', async () => {
  const { result, outcome } = await crowd()
  expect(result.capacity).toMatchObject({ viewers: 20, bound: 'at-least' })
  expect(outcome.load?.stages).toMatchObject([{ viewers: 20, playing: 20, lost: 0 }])
  expect(outcome.load?.stages[0]?.target?.cpu).toBeGreaterThan(0)
  expect(outcome.load?.capacity.sentence).toContain('20 viewers within the budget')
  const paths = outcome.latency.map(({ path }) => path)
  expect(paths).toEqual(['20 viewers', 'H5Live, whole run', 'LL-HLS, whole run'])
  expect(outcome.latency[0]?.count).toBeGreaterThan(500)
  expect(outcome.startup).toHaveLength(1)
  const times = outcome.series.flatMap(({ points }) => points.map(([at]) => at))
  expect(Math.min(...times)).toBeGreaterThan(10_000)
}, 60_000)

test('it is not sent to a machine that is not loopback', async () => {
  const elsewhere = crowd((url) => url.replace('127.0.0.1', '192.0.2.1'))
  await expect(elsewhere).rejects.toMatchObject({ code: 'LP_LOAD_NOT_OWN' })
}, 60_000)
