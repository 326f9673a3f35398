import { expect, test } from 'vitest'
import { Histogram } from '../measure/histogram.ts'
import { defaultBudget } from './budget.ts'
import type { CrowdFigures, EngineHealth, StageResult } from './engine.ts'
import { LoadGathering } from './gathering.ts'

const nobody: CrowdFigures = {
  viewers: { arrived: 0, playing: 0, failed: {}, dropped: {} },
  ...{ frames: 0, lost: 0, repeated: 0, unstamped: 0, bytes: 0, latency: new Histogram() },
  startup: {
    connect: new Histogram(),
    upgrade: new Histogram(),
    init: new Histogram(),
    keyFrame: new Histogram(),
  },
  playback: { playedMs: 0, stalledMs: 0, stalls: 0 },
  perViewer: null,
}
const use = { cpu: 1_000, rssBytes: 2 ** 50 }

function stage(engine: Partial<EngineHealth>): StageResult {
  const health = { causes: [], figures: [], ...engine }
  return { stage: 0, viewers: 1, from: 0, to: 1, ramp: nobody, hold: nobody, engine: health }
}

test.runIf(process.platform === 'linux')(
  'what processes of the engine use is the harness’s, beside our own',
  async () => {
    const gathering = new LoadGathering(defaultBudget)
    await gathering.begin()
    const { harness } = (await gathering.stage(stage({ use }))).use
    expect(harness?.cpu).toBeGreaterThanOrEqual(use.cpu)
    expect(harness?.rssBytes).toBeGreaterThan(use.rssBytes)
    expect((await gathering.stage(stage({}))).use.harness?.rssBytes).toBeLessThan(use.rssBytes)
  },
)

test('a process that only judges is no part of what it judges', async () => {
  const { harness } = (await new LoadGathering(defaultBudget).stage(stage({}))).use
  expect(harness).toBeNull()
})
