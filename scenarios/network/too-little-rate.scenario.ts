import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

/** An eighth of what OBS's profile sends (384 kbit/s with sound). */
const NARROW_KBPS = 48
/** Long enough that its send buffer (256 KiB) fills, and frames grow older than it keeps them. */
const NARROW_MS = 14_000

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
      { atMs: 0, set: { rateKbps: NARROW_KBPS } },
      { atMs: NARROW_MS, rampMs: 1_000, set: { rateKbps: 8_000 } },
    ])
    const before = watch.stats.frames
    await delay(NARROW_MS)
    expect(watch.stats.frames - before).toBeLessThan((NARROW_MS / 1_000) * 30 * 0.5)
    expect(publisher.stats.framesDropped).toBeGreaterThan(0)
    await watch.frames(watch.stats.frames + 150, { timeoutMs: 15_000 })
  },
)
