import type { Browser, Page } from 'playwright-core'
import { TargetError } from '../errors.ts'
import { FAKE_CAMERA, launchChromium } from '../setup/launch-chromium.ts'

const START_MS = 20_000
const BROADCAST_MS = 15_000

/** A browser that broadcasts its camera from the target's page. */
export interface Webcaster {
  readonly page: Page
  /** Of the sending side: `framesSent`, `keyFramesEncoded`, `pliCount`, … */
  stats(): Promise<Record<string, number>>
  /** As the stop button does. */
  stop(): Promise<void>
  /** The process is gone, as after a crash. */
  kill(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}

export interface WebcasterOptions {
  /** Of the page. */
  readonly url: string
  readonly streamName: string
  /** Further parameters of the page: `width`, `height`, `fps`, `kbps`, `audio=0`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Runs in the page before its own code. */
  readonly initScript?: () => void
}

declare global {
  interface Window {
    liveproofWebcaster: {
      state: string
      error: string | null
      start(): Promise<void>
      stop(): Promise<void>
      stats(): Promise<Record<string, number>>
    }
  }
}

/**
 * Opens the page in Chromium and broadcasts; resolves once it says that it does.
 * @throws EnvironmentError `LP_CHROMIUM_MISSING`, `LP_CHROMIUM_START`
 * @throws TargetError `LP_WEBCASTER`
 */
export async function openWebcaster(options: WebcasterOptions): Promise<Webcaster> {
  const browser = await launchChromium(FAKE_CAMERA)
  try {
    const page = await (await browser.newContext()).newPage()
    if (options.initScript) await page.addInitScript(options.initScript)
    const url = new URL(options.url)
    url.searchParams.set('stream', options.streamName)
    for (const [name, value] of Object.entries(options.parameters ?? {})) {
      url.searchParams.set(name, value)
    }
    await page.goto(url.href, { timeout: START_MS })
    await page.waitForFunction(() => 'liveproofWebcaster' in window, undefined, {
      timeout: START_MS,
    })
    await page.evaluate(() => window.liveproofWebcaster.start())
    await page.waitForFunction(
      () => ['broadcasting', 'failed'].includes(window.liveproofWebcaster.state),
      undefined,
      { timeout: BROADCAST_MS },
    )
    const error = await page.evaluate(() => window.liveproofWebcaster.error)
    if (error) throw new Error(error)
    return webcasterOf(browser, page)
  } catch (error) {
    await browser.close().catch(() => {})
    throw new TargetError('LP_WEBCASTER', (error as Error).message, { cause: error })
  }
}

function webcasterOf(browser: Browser, page: Page): Webcaster {
  return {
    page,
    stats: () => page.evaluate(() => window.liveproofWebcaster.stats()),
    stop: () => page.evaluate(() => window.liveproofWebcaster.stop()),
    async kill() {
      // Not even the connection is closed: the renderer ends at once.
      await page.goto('chrome://crash').catch(() => {})
    },
    close: () => browser.close().catch(() => {}),
  }
}
