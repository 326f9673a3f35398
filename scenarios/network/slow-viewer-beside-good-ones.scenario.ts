import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

const GOOD = 20

scenario(
  'a viewer on a link that is too narrow does not disturb the good ones',
  async ({ createStream, encoder, viewer, link, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const good = Array.from({ length: GOOD }, () => viewer.h5live(stream))
    await Promise.all(good.map((watch) => watch.firstKeyFrame))
    const narrow = link({
      schema: 'liveproof/link@1',
      id: 'narrow',
      summary: 'A quarter of what the stream needs.',
      down: { delayMs: 30, rateKbps: 250, queue: { ms: 500 } },
      up: { delayMs: 30 },
    })
    const slow = await viewer.h5live(stream, { through: narrow })
    await Promise.all(good.map((watch) => watch.frames(180)))
    for (const watch of good) {
      expect(watch.stats.lost).toBe(0)
      expectLatency(watch, 'p(95)<400ms')
    }
    expect(slow.stats.frames).toBeLessThan(150)
  },
)
