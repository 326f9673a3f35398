import { afterEach, describe, expect, test } from 'vitest'
import { Workbench } from '../scenario/workbench.ts'
import { findProgram } from '../setup/program.ts'
import { chromium } from '../setup/programs.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import { openBrowserViewer } from './browser-viewer.ts'
import { openH5LiveViewer } from './h5live-viewer.ts'
import { presentedLatency } from './presented-latency.ts'

/** obs-29 plays a clip of 4 s at 30 frames a second. */
const CLIP_FRAMES = 120
const cleanup: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close()
})

describe.runIf(findProgram(chromium)).each(['target', 'own'] as const)('on the %s page', (page) => {
  test('stamps and pixels agree on which picture it is, and on when it can have been shown', async () => {
    const target = await startReferenceTarget()
    cleanup.push(() => target.close())
    const bench = new Workbench(target, AbortSignal.timeout(60_000))
    cleanup.push(() => bench.close())
    const stream = await bench.createStream()
    await bench.publish(stream)
    const viewer = openH5LiveViewer(stream.playout.h5live, { keepBytes: 0 })
    cleanup.push(() => viewer.close())
    const browser = await openBrowserViewer(target, stream, { page })
    cleanup.push(() => browser.close())

    await browser.frames(90)
    const { latency, unmatched, contradictions, compared } = presentedLatency(
      browser,
      viewer.record,
      CLIP_FRAMES,
    )
    expect(browser.errors).toEqual([])
    // The newest pictures may be presented before our own viewer has them.
    expect(unmatched).toBeLessThanOrEqual(2)
    expect(contradictions).toBe(0)
    // Under load a callback may come too late to read the pixels of its picture.
    expect(compared).toBeGreaterThan(30)
    expect(latency.count).toBeGreaterThan(60)
    expect(latency.negative).toBe(0)
    expect(latency.errorBoundMs).toBeLessThan(20)
    // Presented cannot come before received, but for the error bound.
    expect(latency.min + latency.errorBoundMs).toBeGreaterThan(viewer.latency.min)
    expect(latency.percentile(50)).toBeLessThan(3000)
  })
})
