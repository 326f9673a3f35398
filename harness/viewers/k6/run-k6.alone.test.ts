import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Workbench } from '../../scenario/workbench.ts'
import { findProgram } from '../../setup/program.ts'
import { k6 } from '../../setup/programs.ts'
import { type ReferenceTarget, startReferenceTarget } from '../../targets/reference.ts'
import type { TargetStream } from '../../targets/target.ts'
import { runK6 } from './run-k6.ts'
import { addViewerLines } from './viewer-lines.ts'

const installed = findProgram(k6) !== null
if (!installed) console.warn(`skipped: ${k6.cost}`)

describe.skipIf(!installed)('k6, the real one', () => {
  let target: ReferenceTarget
  let bench: Workbench
  let stream: TargetStream

  beforeAll(async () => {
    target = await startReferenceTarget()
    bench = new Workbench(target, new AbortController().signal)
    stream = await bench.createStream()
    await bench.publish(stream, { profile: 'obs-29' })
  })

  afterAll(async () => {
    await bench.close()
    await target.close()
  })

  const plan = { viewers: 6, rampSeconds: 1, holdSeconds: 3 }

  test('two execution segments merge to what one run would have seen', async () => {
    const options = { format: 'h5live', urls: [stream.playout.h5live], ...plan } as const
    const [whole, ...halves] = await Promise.all([
      runK6({ ...options, thresholds: { lp_frames_lost: ['count<1'], lp_frames: ['count<1'] } }),
      runK6({ ...options, segment: { index: 0, of: 2 } }),
      runK6({ ...options, segment: { index: 1, of: 2 } }),
    ])
    const merged = addViewerLines(
      halves.map(({ lines }) => lines),
      Math.max(...halves.map(({ clockErrorMs }) => clockErrorMs)),
    ).total
    for (const seen of [whole.seen.total, merged]) {
      expect(seen).toMatchObject({
        viewers: { arrived: 6, playing: 6, failed: {}, dropped: {} },
        ...{ lost: 0, repeated: 0 },
        playback: { stalls: 0 },
      })
      // 30 frames/s, and the half of the ramp that a viewer is there on average.
      expect(seen.latency.count).toBeGreaterThan(6 * 30 * 2.5)
    }
    expect(halves.map(({ seen }) => seen.total.viewers.arrived)).toEqual([3, 3])
    const sum = halves.reduce((all, { seen }) => all + seen.total.latency.count, 0)
    expect(merged.latency.count).toBe(sum)
    const { frames } = whole.seen.total
    expect(Math.abs(merged.frames - frames)).toBeLessThan(0.1 * frames)
    expect(whole.thresholds).toEqual(
      expect.arrayContaining([
        { metric: 'lp_frames_lost', expression: 'count<1', held: true },
        { metric: 'lp_frames', expression: 'count<1', held: false },
      ]),
    )
  }, 30_000)

  test('it plays LL-HLS and calls the API', async () => {
    const hls = stream.playout.hls
    if (!hls) throw new Error('the reference has HLS')
    const [watched, called] = await Promise.all([
      runK6({ format: 'll-hls', urls: [hls], ...plan, holdSeconds: 4 }),
      runK6({
        format: 'api',
        urls: [target.api],
        apiKey: target.apiKey,
        ...plan,
        thresholds: { checks: ['rate==1'], lp_api_latency: ['max>0'] },
      }),
    ])
    expect(watched.seen.total).toMatchObject({ viewers: { playing: 6 }, lost: 0 })
    expect(watched.seen.total.latency.count).toBeGreaterThan(6 * 30)
    expect(called.thresholds.every(({ held }) => held)).toBe(true)
  }, 30_000)

  test('a stream that does not exist is a failure of every viewer', async () => {
    const url = stream.playout.h5live.replaceAll(stream.name, 'aaaaa-bbbbb')
    const { seen } = await runK6({ format: 'h5live', urls: [url], ...plan, holdSeconds: 1 })
    expect(Object.values(seen.total.viewers.failed).reduce((a, b) => a + b, 0)).toBe(6)
    expect(seen.total).toMatchObject({ frames: 0, viewers: { playing: 0 } })
  }, 30_000)
})
