import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'with less rate than bitrate the encoder drops frames, and the picture recovers with the rate',
  { timeoutMs: 90_000 },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link({
      schema: 'liveproof/link@1',
      id: 'squeezed',
      summary: 'An uplink that a scenario narrows.',
      up: { delayMs: 20, rateKbps: 8_000 },
      down: { delayMs: 20 },
    })
    const publisher = await encoder('obs-29', { to: stream, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    uplink.schedule([
      { atMs: 0, set: { rateKbps: 200 } },
      { atMs: 8_000, rampMs: 1_000, set: { rateKbps: 8_000 } },
    ])
    const squeezedAt = watch.stats.frames
    await new Promise((resolve) => setTimeout(resolve, 9_500))
    expect(watch.stats.frames - squeezedAt).toBeLessThan(9.5 * 30)
    expect(publisher.stats.framesDropped).toBeGreaterThan(0)
    await watch.frames(watch.stats.frames + 150, { timeoutMs: 15_000 })
  },
)
