import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { presentedLatency } from '../../harness/viewers/presented-latency.ts'

/** obs-29 plays a clip of 4 s at 30 frames a second. */
const CLIP_FRAMES = 120

scenario(
  'what a browser shows is what was sent, by its pixels and by its stamps',
  { needs: ['chromium'], concurrent: true },
  async ({ createStream, encoder, viewer }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const watch = viewer.h5live(stream)
    const browser = await viewer.browser(stream)
    // A page that is late shows pictures whose bar code it cannot say.
    const seen = () => presentedLatency(browser, watch.record, CLIP_FRAMES)
    await expect.poll(() => seen().compared, { timeout: 30_000 }).toBeGreaterThan(100)
    const { contradictions, latency } = seen()
    expect(browser.errors).toEqual([])
    expect(contradictions).toBe(0)
    expect(latency.negative).toBe(0)
    // Presented cannot come before received, but for the error bound.
    expect(latency.min + latency.errorBoundMs).toBeGreaterThan(watch.latency.min)
  },
)
