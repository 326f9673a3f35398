import { expect } from 'vitest'
import { defaultBudget, judgeStage } from '../../harness/load/budget.ts'
import { capacityText, findKnee, type JudgedStage } from '../../harness/load/knee.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import { swarmEngine } from '../../harness/viewers/swarm/swarm-engine.ts'

const STEP = 500
const MOST = 5_000

/** Not part of the project's own tests: it wants a machine to itself for ten minutes. */
scenario(
  'a thousand viewers are served within the budget, and where it ends is found',
  { timeoutMs: 900_000 },
  async ({ createStream, encoder, signal }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const judged: JudgedStage[] = []
    await swarmEngine().run({
      kinds: [{ name: 'H5Live', format: 'h5live', weight: 1, urls: [stream.playout.h5live] }],
      stages: Array.from({ length: MOST / STEP }, (_, i) => ({
        viewers: STEP * (i + 1),
        rampMs: 5_000,
        holdMs: 40_000,
      })),
      arrival: 'poisson',
      seed: 1,
      signal,
      onStage(stage) {
        const verdict = judgeStage(stage, defaultBudget)
        judged.push({ viewers: stage.viewers, verdict })
        return verdict.outcome === 'within'
      },
    })
    const knee = findKnee(judged)
    expect(knee.viewers, capacityText(knee)).toBeGreaterThanOrEqual(1_000)
  },
)
