import type { Browser, Page } from 'playwright-core'
import { TargetError } from '../errors.ts'
import { BAR_CODE_CELLS, BAR_CODE_HEIGHT, readBarCode } from '../measure/bar-code.ts'
import { type ClockMapping, mapClock } from '../measure/clock-mapping.ts'
import { launchChromium } from '../setup/launch-chromium.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import { hlsPage } from './browser/hls-page.ts'
import { OWN_PAGE_URL, ownPage } from './browser/own-page.ts'
import { type PageReport, pageProbe, type RawPresented } from './browser/page-probe.ts'
import { DEFAULT_WAIT_MS, MAX_PRESENTED_FRAMES, PAGE_CLOCK_MS } from './limits.ts'
import type { WaitOptions } from './viewer.ts'

const ARGUMENTS = [
  // Our own page comes from nowhere, so a target on loopback would be out of its reach.
  '--disable-features=LocalNetworkAccessChecks',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
]

/** One picture that the browser put on screen. Times in ms of the machine's monotonic clock. */
export interface PresentedFrame {
  /** When the browser gave it to its compositor, within the clock's error bound. */
  readonly presentedAt: number
  /** When the browser expected it to be visible. */
  readonly expectedDisplayAt: number
  /** s, presentation time on the media timeline */
  readonly mediaTime: number
  /** The browser's own count, which also counts pictures that no callback saw. */
  readonly presentedFrames: number
  readonly width: number
  readonly height: number
  /** ms of media in the browser's buffer behind this picture */
  readonly bufferedMs: number
  /** Frame number of the clip, modulo 1024, out of the pixels; null where there is no bar code. */
  readonly barCode: number | null
}

export interface BrowserViewer {
  /** Resolves once `count` pictures were presented. @throws TargetError `LP_VIEWER_*` */
  frames(count: number, options?: WaitOptions): Promise<void>
  /** In order; the first `MAX_PRESENTED_FRAMES`. */
  readonly presented: readonly PresentedFrame[]
  /** Decode and network errors of the video element, uncaught errors of the page. */
  readonly errors: readonly string[]
  /** How the page's clock was mapped to ours. */
  readonly clock: ClockMapping
  /** What the target's player says of itself (`window.liveproofPlayer`); null where it says nothing. */
  playerStats(): Promise<unknown>
  /** PNG */
  screenshot(path: string): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}

export interface BrowserViewerOptions {
  readonly signal?: AbortSignal
  /**
   * `own`: our least page, also where the target has a player page of its own. `ll-hls` and `hls`:
   * hls.js with parts and without.
   */
  readonly page?: 'target' | 'own' | 'll-hls' | 'hls'
  /** Further parameters of the target's page. */
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * Opens a stream in Chromium, in the target's player page or, where it has none, in our own.
 * Resolves when the page is loaded, not yet when it plays.
 * @throws EnvironmentError `LP_CHROMIUM_MISSING`, `LP_CHROMIUM_START`
 * @throws TargetError `LP_PLAYER_PAGE`
 */
export async function openBrowserViewer(
  target: Target,
  stream: TargetStream,
  options: BrowserViewerOptions = {},
): Promise<BrowserViewer> {
  const browser = await launchChromium(ARGUMENTS)
  try {
    options.signal?.throwIfAborted()
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
    const page = await context.newPage()
    const session = new BrowserSession(page, browser)
    await page.exposeFunction(REPORT, (report: PageReport) => session.take(report))
    await page.addInitScript(pageProbe, {
      report: REPORT,
      cells: BAR_CODE_CELLS,
      stripHeight: BAR_CODE_HEIGHT,
    })
    page.on('pageerror', (error) => session.fail(`page error: ${error.message}`))
    page.on('crash', () => session.fail('the page crashed'))
    browser.on('disconnected', () => session.fail('the browser is gone'))
    await load(page, target, stream, options)
    session.clock = await mapClock(() => page.evaluate(() => performance.now()), PAGE_CLOCK_MS)
    options.signal?.addEventListener('abort', () => void session.close(), { once: true })
    return session
  } catch (error) {
    await browser.close().catch(() => {})
    throw error
  }
}

const REPORT = '__liveproofReport'

async function load(
  page: Page,
  target: Target,
  stream: TargetStream,
  options: BrowserViewerOptions,
): Promise<void> {
  const which = options.page ?? 'target'
  const player = which === 'target' ? target.reference?.player : undefined
  let address = OWN_PAGE_URL
  if (player) {
    const url = new URL(player)
    url.searchParams.set('stream', stream.name)
    for (const [name, value] of Object.entries(options.parameters ?? {})) {
      url.searchParams.set(name, value)
    }
    address = url.href
  } else {
    const body = pageOf(stream, which)
    await page.route(OWN_PAGE_URL, (route) => route.fulfill({ contentType: 'text/html', body }))
  }
  try {
    const response = await page.goto(address, { timeout: DEFAULT_WAIT_MS, waitUntil: 'load' })
    if (!response?.ok()) throw new Error(`HTTP ${response?.status() ?? 'no answer'}`)
  } catch (error) {
    throw new TargetError('LP_PLAYER_PAGE', `${address}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function pageOf(stream: TargetStream, page: BrowserViewerOptions['page']): string {
  if (page !== 'll-hls' && page !== 'hls') return ownPage(stream.playout.h5live)
  const { hls } = stream.playout
  if (hls === undefined) throw new TargetError('LP_PLAYER_PAGE', 'the target names no HLS address')
  return hlsPage(hls, page === 'll-hls')
}

class BrowserSession implements BrowserViewer {
  readonly presented: PresentedFrame[] = []
  readonly errors: string[] = []
  clock: ClockMapping = { offsetMs: 0, errorBoundMs: Number.POSITIVE_INFINITY }
  readonly #page: Page
  readonly #browser: Browser
  readonly #wake = new Set<() => void>()
  /** Came before the clocks were mapped. */
  readonly #early: RawPresented[] = []
  #count = 0
  #closed: Promise<void> | null = null

  constructor(page: Page, browser: Browser) {
    this.#page = page
    this.#browser = browser
  }

  take({ frames, errors }: PageReport): void {
    this.errors.push(...errors)
    if (Number.isFinite(this.clock.errorBoundMs)) {
      for (const frame of [...this.#early.splice(0), ...frames]) this.#add(frame)
    } else this.#early.push(...frames)
    this.#count += frames.length
    for (const check of [...this.#wake]) check()
  }

  fail(error: string): void {
    if (this.#closed) return
    this.errors.push(error)
    for (const check of [...this.#wake]) check()
  }

  frames(count: number, options: WaitOptions = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const story = () => {
      const errors = this.errors.length > 0 ? `: ${this.errors.join('; ')}` : ''
      return `${this.#count} of ${count} pictures presented${errors}`
    }
    const done = () => {
      clearTimeout(timer)
      this.#wake.delete(check)
    }
    const check = () => {
      if (this.#count >= count) {
        done()
        resolve()
      } else if (this.#closed) {
        done()
        reject(new TargetError('LP_VIEWER_ENDED', story()))
      }
    }
    const timer = setTimeout(() => {
      done()
      reject(new TargetError('LP_VIEWER_TIMEOUT', `${story()} within ${timeoutMs} ms`))
    }, timeoutMs)
    this.#wake.add(check)
    check()
    return promise
  }

  playerStats(): Promise<unknown> {
    return this.#page.evaluate(() => {
      const player = (window as { liveproofPlayer?: { stats?: unknown } }).liveproofPlayer
      const stats = player?.stats
      return typeof stats === 'function' ? stats.call(player) : (stats ?? null)
    })
  }

  async screenshot(path: string): Promise<void> {
    await this.#page.screenshot({ path })
  }

  close(): Promise<void> {
    this.#closed ??= this.#browser.close().catch(() => {})
    for (const check of [...this.#wake]) check()
    return this.#closed
  }

  #add(raw: RawPresented) {
    const [presentedAt, expected, mediaTime, presentedFrames, width, height, cells, buffered] = raw
    if (this.presented.length >= MAX_PRESENTED_FRAMES) return
    const luma = (x: number) => cells[Math.floor(x * BAR_CODE_CELLS)] ?? 0
    this.presented.push({
      presentedAt: presentedAt + this.clock.offsetMs,
      expectedDisplayAt: expected + this.clock.offsetMs,
      mediaTime,
      presentedFrames,
      width,
      height,
      bufferedMs: buffered * 1000,
      barCode: cells.length === BAR_CODE_CELLS ? readBarCode(luma) : null,
    })
  }
}
