import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { defaultBudget, judgeStage } from '../../load/budget.ts'
import type { LoadJob, LoadResult } from '../../load/engine.ts'
import { Workbench } from '../../scenario/workbench.ts'
import { findProgram } from '../../setup/program.ts'
import { k6 } from '../../setup/programs.ts'
import { type ReferenceTarget, startReferenceTarget } from '../../targets/reference.ts'
import type { TargetStream } from '../../targets/target.ts'
import { budgetThresholds } from './budget-thresholds.ts'
import { k6Engine } from './k6-engine.ts'
import { k6Health } from './k6-health.ts'
import { type K6Options, type K6Result, runK6 } from './run-k6.ts'
import { addViewerLines } from './viewer-lines.ts'

const installed = findProgram(k6)
if (!installed) console.warn(`skipped: ${k6.cost}`)

/** A busy machine may make players stand still: what is not about time is judged here. */
const patient = { ...defaultBudget, p99Ms: 10_000, stalledShare: 100 }
/** No frame takes less. */
const impossible = { ...patient, p99Ms: 0.001 }

const CROSSED = 'k6 thresholds crossed'

const figureOf = ({ engine }: LoadResult, figure: string) =>
  engine.figures.find(({ name }) => name === figure)?.value
const totalOf = ({ lines, clockErrorMs }: K6Result) => addViewerLines(lines, clockErrorMs).total

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

  afterEach(() => {
    vi.unstubAllEnvs()
  })

  afterAll(async () => {
    await bench.close()
    await target.close()
  })

  const plan = { viewers: 6, rampSeconds: 1, holdSeconds: 3 }
  const h5live = (): K6Options => ({
    ...{ format: 'h5live', urls: [stream.playout.h5live], ...plan },
    thresholds: budgetThresholds(patient, 'h5live'),
  })

  /** What the harness says of a plateau that k6 has judged too, when both trust k6. */
  function judged({ lines, clockErrorMs }: K6Result, budget: typeof patient) {
    const { ramp, hold } = addViewerLines(lines, clockErrorMs, plan.viewers)
    const engine = k6Health(lines, { wanted: plan.viewers })
    const stage = { stage: 0, viewers: plan.viewers, from: 0, to: 1, ramp, hold, engine }
    return judgeStage({ ...stage, engine: { ...engine, causes: [] } }, budget).outcome
  }

  test('two execution segments merge to what one run would have seen', async () => {
    const [whole, ...halves] = await Promise.all([
      runK6({ ...h5live(), thresholds: budgetThresholds(impossible, 'h5live') }),
      runK6({ ...h5live(), segment: { index: 0, of: 2 } }),
      runK6({ ...h5live(), segment: { index: 1, of: 2 } }),
    ])
    const merged = addViewerLines(
      { viewers: halves.flatMap(({ lines }) => lines.viewers), clients: [] },
      Math.max(...halves.map(({ clockErrorMs }) => clockErrorMs)),
    ).total
    for (const seen of [totalOf(whole), merged]) {
      expect(seen).toMatchObject({
        viewers: { arrived: 6, playing: 6, failed: {}, dropped: {} },
        ...{ lost: 0, repeated: 0 },
        playback: { stalls: 0 },
      })
      // 30 frames/s, and the half of the ramp that a viewer is there on average.
      expect(seen.latency.count).toBeGreaterThan(6 * 30 * 2.5)
    }
    expect(halves.map((half) => totalOf(half).viewers.arrived)).toEqual([3, 3])
    const sum = halves.reduce((all, half) => all + totalOf(half).latency.count, 0)
    expect(merged.latency.count).toBe(sum)
    const { frames } = totalOf(whole)
    expect(Math.abs(merged.frames - frames)).toBeLessThan(0.1 * frames)
    // Two timers a second are missed even by a k6 that hardly has a core.
    for (const { late } of [whole, ...halves].flatMap(({ lines }) => lines.viewers))
      expect(late?.timers.reduce((all, [, count]) => all + count, 0)).toBeGreaterThan(2 * 3)

    expect(halves.map(({ thresholdsCrossed }) => thresholdsCrossed)).toEqual([false, false])
    expect([whole.thresholdsCrossed, judged(whole, impossible)]).toEqual([true, 'over'])
    expect(judged(whole, patient)).toBe('within')
    const crossed = whole.thresholds.filter(({ held }) => !held)
    expect(crossed).toEqual([
      {
        metric: 'lp_delivery_latency{part:hold}',
        expression: 'p(99)<=0.001',
        held: false,
      },
    ])
  }, 30_000)

  const job = (change: Pick<LoadJob, 'kinds' | 'budget'>): LoadJob => ({
    stages: [{ viewers: 6, rampMs: 1_000, holdMs: 3_000 }],
    ...{ arrival: 'even', seed: 1, signal: new AbortController().signal },
    onStage: () => true,
    ...change,
  })
  const api = () =>
    ({ name: 'API', format: 'api', weight: 1, urls: [target.api], apiKey: target.apiKey }) as const

  test('it plays LL-HLS and calls the API, and its thresholds are the budget', async () => {
    const hls = stream.playout.hls
    if (!hls) throw new Error('the reference has HLS')
    const watching = { name: 'LL-HLS', format: 'hls', weight: 2, urls: [hls] } as const
    const [mixed, refused] = await Promise.all([
      k6Engine().run(job({ kinds: [watching, api()], budget: patient })),
      k6Engine().run(job({ kinds: [{ ...api(), apiKey: 'wrong' }], budget: patient })),
    ])
    const [[stage], [failed]] = [mixed.stages, refused.stages]
    expect(stage?.hold).toMatchObject({
      ...{ viewers: { playing: 6 }, lost: 0 },
      calls: { failed: {} },
    })
    expect(stage?.hold.latency.count).toBeGreaterThan(4 * 30)
    // Two clients, three calls a second each.
    expect(stage?.hold.calls?.count).toBeGreaterThan(2 * 3)
    expect(judgeStage(stage!, patient).outcome).toBe('within')
    expect(figureOf(mixed, CROSSED)).toBe(0)
    expect(figureOf(mixed, 'k6 memory')).toBeGreaterThan(0)

    expect(failed?.ramp.viewers.failed).toEqual({ 'no call of the API succeeded': 6 })
    expect(failed?.hold.calls?.failed).toHaveProperty('create was answered with 401')
    expect(judgeStage(failed!, patient).outcome).not.toBe('within')
    expect(figureOf(refused, CROSSED)).toBe(2)
  }, 30_000)

  test('a k6 that is starved is invalid, and the target is not blamed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lp-starved-'))
    const starved = join(dir, 'k6')
    // Stops and goes on until k6 has ended; the process is k6 itself from exec on.
    writeFileSync(
      starved,
      `#!/bin/sh
(while kill -STOP $$; do sleep 0.8; kill -CONT $$; sleep 0.3; done) >/dev/null 2>&1 &
exec '${installed}' "$@"
`,
    )
    chmodSync(starved, 0o755)
    vi.stubEnv('K6_PATH', starved)
    try {
      const urls = [stream.playout.h5live]
      const { stages } = await k6Engine().run({
        ...job({ kinds: [{ name: 'H5Live', format: 'h5live', weight: 1, urls }] }),
        stages: [{ viewers: 6, rampMs: 500, holdMs: 2_000 }],
      })
      const { outcome, reasons } = judgeStage(stages[0]!, defaultBudget)
      expect(outcome).toBe('invalid')
      expect(reasons[0]).toMatch(/^k6 timers late, p99/)
    } finally {
      rmSync(dir, { recursive: true })
    }
  }, 60_000)

  test('a stream that does not exist is a failure of every viewer', async () => {
    const url = stream.playout.h5live.replaceAll(stream.name, 'aaaaa-bbbbb')
    const result = await runK6({ ...h5live(), urls: [url], holdSeconds: 1 })
    const seen = totalOf(result)
    expect(Object.values(seen.viewers.failed).reduce((a, b) => a + b, 0)).toBe(6)
    expect(seen).toMatchObject({ frames: 0, viewers: { playing: 0 } })
    expect(result.thresholdsCrossed).toBe(true)
  }, 30_000)
})
