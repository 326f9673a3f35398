import { expect } from 'vitest'
import { capacityText } from '../../harness/load/knee.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

const STEP = 500
const MOST = 5_000

/** Not part of the project's own tests: it wants a machine to itself for ten minutes. */
scenario(
  'a thousand viewers are served within the budget, and where it ends is found',
  { timeoutMs: 900_000 },
  async ({ createStream, encoder, crowd }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const { capacity } = await crowd(stream, {
      mix: 'h5live',
      stages: Array.from({ length: MOST / STEP }, (_, i) => ({
        viewers: STEP * (i + 1),
        rampMs: 5_000,
        holdMs: 40_000,
      })),
    })
    expect(capacity.viewers, capacityText(capacity)).toBeGreaterThanOrEqual(1_000)
  },
)
