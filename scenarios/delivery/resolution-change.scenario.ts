import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a picture that changes its size in mid-stream gets a new init segment and a key frame',
  { concurrent: true },
  async ({ createStream, encoder, viewer, expectRules }) => {
    const stream = await createStream()
    await encoder('resolution-change', { to: stream })
    const watch = viewer.h5live(stream)
    const sizes = await watch.until(
      ({ events }) => {
        const inits = events.flatMap((event) => (event.type === 'init' ? [event.init] : []))
        const heights = inits.map(({ tracks }) => tracks.find(({ height }) => height > 0)?.height)
        return heights.length > 1 ? heights : undefined
      },
      { timeoutMs: 30_000 },
    )
    expect(new Set(sizes).size).toBe(2)
    await watch.frames(watch.stats.frames + 60)
    await expectRules('h5live.first-key', 'h5live.sequence', 'h5live.timeline').toHold()
  },
)
