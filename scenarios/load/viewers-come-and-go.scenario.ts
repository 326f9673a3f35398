import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'viewers that come and go, and some that read too slowly, cost the others no frame',
  async ({ createStream, encoder, crowd }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const { byKind, total } = await crowd(stream, {
      mix: 'h5live:9,h5live~240k:1',
      stages: [{ viewers: 100, rampMs: 1_000, holdMs: 6_000 }],
      stayMs: 2_000,
      budget: { p99Ms: 10_000, stalledShare: 0.2 },
    })
    const good = byKind.find(({ name }) => name === 'H5Live')!.figures
    expect([good.lost, good.viewers.failed, good.viewers.dropped]).toEqual([0, {}, {}])
    expect(total.viewers.arrived).toBeGreaterThan(150)
  },
)
