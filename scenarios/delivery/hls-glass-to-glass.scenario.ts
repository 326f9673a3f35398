import { expect } from 'vitest'
import { nowMs } from '../../harness/measure/clock.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import { openBrowserViewer } from '../../harness/viewers/browser-viewer.ts'
import { presentedByBarCode } from '../../harness/viewers/hls-presented-latency.ts'

/** obs-29 plays a clip of 4 s at 30 frames a second. */
const CLIP_FRAMES = 120

scenario(
  'LL-HLS is on screen in Chromium within three seconds, by its pixels',
  { needs: ['chromium'], timeoutMs: 90_000 },
  async ({ target, createStream, encoder, viewer, workbench, signal, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const watch = viewer.h5live(stream)
    await watch.frames(90)
    const since = nowMs()
    const browser = await openBrowserViewer(target, stream, { signal, page: 'll-hls' })
    workbench.atClose(() => browser.close())
    // A page that is late shows pictures whose bar code it cannot say.
    const seen = () => presentedByBarCode(browser, watch.record, CLIP_FRAMES, since)
    await expect.poll(() => seen().count, { timeout: 40_000, interval: 500 }).toBeGreaterThan(200)
    expect(browser.errors).toEqual([])
    const latency = seen()
    expectLatency({ latency }, 'count>=150', 'p(95)<3000ms')
    // Presented cannot come before received.
    expect(latency.min + latency.errorBoundMs).toBeGreaterThan(watch.latency.min)
  },
)
