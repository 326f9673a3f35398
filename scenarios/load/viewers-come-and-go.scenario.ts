import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { swarmEngine } from '../../harness/viewers/swarm/swarm-engine.ts'

scenario(
  'viewers that come and go, and some that read too slowly, cost the others no frame',
  async ({ createStream, encoder, signal }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const urls = [stream.playout.h5live]
    const { byKind, total } = await swarmEngine({ threads: 1 }).run({
      kinds: [
        { name: 'good', format: 'h5live', weight: 9, urls },
        { name: 'slow', format: 'h5live', weight: 1, urls, readRate: 30_000 },
      ],
      stages: [{ viewers: 100, rampMs: 1_000, holdMs: 6_000 }],
      arrival: 'poisson',
      stayMs: 2_000,
      seed: 1,
      signal,
      onStage: () => true,
    })
    const good = byKind.find(({ name }) => name === 'good')!.figures
    expect([good.lost, good.viewers.failed, good.viewers.dropped]).toEqual([0, {}, {}])
    expect(total.viewers.arrived).toBeGreaterThan(150)
  },
)
