import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Clip, readClip, readClips } from '../../live/testing/clip.ts'
import { findChromium } from '../../live/testing/find-program.ts'
import { LiveFeed } from '../../live/testing/live-feed.ts'
import { type TestDelivery, testDelivery } from './testing/test-delivery.ts'

const executablePath = findChromium()
const inChromium = it.runIf(executablePath)
const NAME = 'AAAAA-BBBBB'

let browser: Browser
let server: TestDelivery
let feed: LiveFeed | undefined

beforeAll(async () => {
  server = await testDelivery({ graceMs: 5000 })
  if (executablePath === undefined) return
  browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
}, 30_000)

afterEach(() => feed?.stop())

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

async function open(query: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(server.player(query))
  expect(complaints).toEqual([])
  return page
}

function presented(page: Page, count: number): Promise<unknown> {
  const enough = (wanted: number) => (window.liveproofPlayer?.stats.presented ?? 0) >= wanted
  return page.waitForFunction(enough, count, { timeout: 20_000 })
}

inChromium(
  'Chromium plays a stream through MSE, and goes on when the encoder comes back',
  async () => {
    const clip = readClips('360p30', 'aac-48k')
    const publication = await server.publish(NAME)
    feed = new LiveFeed(publication, clip)
    const page = await open(`stream=${NAME}`)
    await presented(page, 60)

    feed.stop()
    publication.end('disconnected')
    const before = await page.evaluate(() => window.liveproofPlayer?.stats.presented ?? 0)
    feed = new LiveFeed(await server.publish(NAME), clip)
    await presented(page, before + 60)

    const stats = await page.evaluate(() => window.liveproofPlayer?.stats)
    expect(stats).toMatchObject({ discontinuities: 1, reconnects: 0, corrupted: 0 })
    expect(await page.evaluate(() => window.liveproofPlayer?.errors)).toEqual([])
    expect(stats?.startup.firstFrame).toBeLessThan(5000)
    await page.close()
  },
  40_000,
)

inChromium(
  'Chromium plays B-frames',
  async () => {
    feed = new LiveFeed(await server.publish('CCCCC-DDDDD'), readClips('360p30-bframes', 'aac-48k'))
    const page = await open('stream=CCCCC-DDDDD')
    await presented(page, 90)
    const times = await page.evaluate(() =>
      window.liveproofPlayer?.presented.map((f) => f.mediaTime),
    )
    const steps = times!.slice(1).map((time, index) => time - times![index]!)
    // The first frame may be shown twice: before and after the jump into the cached group.
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0)
    expect(new Set(times).size).toBeGreaterThan(85)
    expect(await page.evaluate(() => window.liveproofPlayer?.errors)).toEqual([])
    await page.close()
  },
  40_000,
)

inChromium(
  'Chromium goes on when the encoder comes back with another picture, and then without sound',
  async () => {
    const name = 'EEEEE-FFFFF'
    let publication = await server.publish(name)
    const goOn = async (clip: Clip, width: number) => {
      feed?.stop()
      publication.end('disconnected')
      publication = await server.publish(name)
      feed = new LiveFeed(publication, clip)
      const wide = (wanted: number) => window.liveproofPlayer?.presented.at(-1)?.width === wanted
      await page.waitForFunction(wide, width, { timeout: 20_000 })
      const count = await page.evaluate(() => window.liveproofPlayer?.stats.presented ?? 0)
      await presented(page, count + 30)
    }
    feed = new LiveFeed(publication, readClips('360p30', 'aac-48k'))
    const page = await open(`stream=${name}`)
    await presented(page, 30)
    await goOn(readClips('720p30', 'aac-48k'), 1280)
    await goOn(readClip('360p30'), 640)
    expect(await page.evaluate(() => window.liveproofPlayer?.errors)).toEqual([])
    await page.close()
  },
  60_000,
)

inChromium('the page shows the error of a stream that is not live', async () => {
  const page = await open('stream=AAAAA-00000')
  await page.waitForSelector('#error:not([hidden])')
  expect(await page.textContent('#error')).toContain('2001')
  await page.close()
})
