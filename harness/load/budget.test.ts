import { expect, test } from 'vitest'
import { Histogram } from '../measure/histogram.ts'
import { defaultBudget, judgeStage } from './budget.ts'
import type { CrowdFigures, StageResult } from './engine.ts'

function figures(ms: number, lost = 0, playing = 10): CrowdFigures {
  const latency = new Histogram()
  for (let i = 0; i < 1000; i++) latency.record(ms)
  return {
    viewers: { arrived: 10, playing, failed: {}, dropped: {} },
    ...{ frames: 1000, lost, repeated: 0, unstamped: 0, bytes: 1 },
    latency,
    startup: {
      connect: new Histogram(),
      upgrade: new Histogram(),
      init: new Histogram(),
      keyFrame: new Histogram(),
    },
    playback: { playedMs: 1000, stalledMs: 0, stalls: 0 },
    perViewer: null,
  }
}

function stage(hold: CrowdFigures, causes: string[] = []): StageResult {
  const engine = { causes, figures: [] }
  return { stage: 0, viewers: 10, from: 0, to: 1000, ramp: figures(5), hold, engine }
}

test('a load within the budget is within it, even where the harness was late itself', () => {
  expect(judgeStage(stage(figures(5)), defaultBudget).outcome).toBe('within')
  expect(judgeStage(stage(figures(5), ['loop late']), defaultBudget).outcome).toBe('within')
})

test('a load over the budget says by what', () => {
  const slow = judgeStage(stage(figures(900)), defaultBudget)
  expect(slow).toEqual({ outcome: 'over', reasons: ['p99 latency 900 ms'] })
  const lossy = judgeStage(stage(figures(5, 3)), defaultBudget)
  expect(lossy.reasons).toEqual(['3 of 1003 frames lost'])
})

test('a harness that ailed is never the fault of the target', () => {
  const { outcome, reasons } = judgeStage(stage(figures(900), ['loop late']), defaultBudget)
  expect(outcome).toBe('invalid')
  expect(reasons[0]).toBe('loop late')
})

test('frames that are lost are lost, however late the reader was, unless it was late for long', () => {
  expect(judgeStage(stage(figures(5, 3), ['loop late']), defaultBudget).outcome).toBe('over')
  expect(judgeStage(stage(figures(2000, 3), ['loop late']), defaultBudget).outcome).toBe('invalid')
})

test('a clock that cannot be trusted proves nothing, not even a pass', () => {
  expect(judgeStage(stage(figures(-5)), defaultBudget).outcome).toBe('invalid')
})

test('viewers that were refused or cut off count, and nobody at all counts too', () => {
  const few = figures(5, 0, 8)
  const cut = { ...few, viewers: { ...few.viewers, dropped: { 'closed with 1013': 2 } } }
  expect(judgeStage(stage(cut), defaultBudget).reasons).toEqual([
    '2 cut off in the plateau: closed with 1013',
  ])
  const nobody = judgeStage(stage(figures(5, 0, 0)), defaultBudget)
  expect(nobody.reasons).toContain('no viewer had a picture')
})

test('answers of the API have the same budget, and none of its calls may fail', () => {
  const noFrames = { ...figures(5), latency: new Histogram(), frames: 0 }
  const calls = (failed: Record<string, number>, ms: number) => {
    const latency = new Histogram()
    for (let i = 0; i < 30; i++) latency.record(ms)
    return stage({ ...noFrames, calls: { count: 30, failed, latency } })
  }
  expect(judgeStage(calls({}, 5), defaultBudget).outcome).toBe('within')
  expect(judgeStage(calls({}, 900), defaultBudget)).toEqual({
    outcome: 'over',
    reasons: ['p99 of API answers 900 ms'],
  })
  expect(judgeStage(calls({ 'get was answered with 503': 2 }, 5), defaultBudget).reasons).toEqual([
    '2 of 30 API calls failed: get was answered with 503',
  ])
})
