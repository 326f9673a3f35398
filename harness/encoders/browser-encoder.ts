import type { Browser, Page } from 'playwright-core'
import { UsageError } from '../errors.ts'
import { FAKE_CAMERA, launchChromium } from '../setup/launch-chromium.ts'
import { reconnectPolicy } from './behaviour.ts'
import { broadcast, broadcastStats, endBroadcast, muteBroadcast } from './browser/broadcast-page.ts'
import type { BrowserWire } from './browser-wire.ts'
import type { Encoder, EncoderEnd, EncoderOptions, EncoderStats } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { noStats } from './no-stats.ts'
import type { Profile } from './profile.ts'
import { Reconnecting } from './reconnecting.ts'

/** Nothing is ever sent there; on loopback, because only a secure context may use a camera. */
const PAGE_URL = 'http://127.0.0.1:9/liveproof-broadcast'
const PAGE = '<!doctype html><meta charset="utf-8"><title>liveproof</title>'
const STATS_MS = 500

/** A camera in a real browser, broadcast as a profile says. Its frames have no stamps. */
export class BrowserEncoder implements Encoder {
  readonly profile: Profile
  readonly streamName: string
  readonly streamTag: string
  readonly stats: EncoderStats = noStats()
  readonly #wire: BrowserWire
  readonly #url: string
  readonly #closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
  readonly #reconnectListeners: (() => void)[] = []
  readonly #reconnecting: Reconnecting
  #browser: Browser | null = null
  #page: Page | null = null
  #timer: NodeJS.Timeout | undefined
  /** What earlier connections have sent. */
  #before = { frames: 0, bytes: 0 }
  #connected = false
  #ended = false

  /** @throws UsageError `LP_PROFILE_INVALID` for a profile that is no browser's */
  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    if (!profile.browser) {
      throw new UsageError('LP_PROFILE_INVALID', `profile "${profile.id}" is no browser's`)
    }
    this.profile = profile
    this.#wire = profile.browser
    this.#url = options.to.url
    this.streamName = options.to.streamName
    this.streamTag = streamTag
    const policy = reconnectPolicy(profile.behaviour, 'whip')
    this.#reconnecting = new Reconnecting(policy, () => this.#publish(), {
      back: () => {
        this.stats.reconnects++
        for (const listener of this.#reconnectListeners) listener()
      },
      gaveUp: (reason, message) => this.#end(reason, message),
    })
  }

  get closed(): Promise<{ readonly reason: EncoderEnd; readonly message: string }> {
    return this.#closed.promise
  }

  /** Connects and begins to send. @throws EncoderError | EnvironmentError */
  async start(): Promise<void> {
    try {
      this.#browser = await launchChromium(FAKE_CAMERA)
      this.#browser.on('disconnected', () => this.#end('disconnected', 'the browser ended'))
      const page = await this.#browser.newPage()
      this.#page = page
      await page.route(PAGE_URL, (route) => route.fulfill({ contentType: 'text/html', body: PAGE }))
      await page.exposeFunction('liveproofLost', () => this.#lost())
      await page.goto(PAGE_URL)
      await this.#publish()
    } catch (error) {
      this.#end('disconnected', String(error))
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#page?.evaluate(endBroadcast, this.#wire.deletes).catch(() => {})
    this.#end('stopped', 'stopped')
    await this.closed
  }

  abort(): void {
    this.#end('aborted', 'aborted')
  }

  drop(): void {
    void this.#page?.evaluate(endBroadcast, false).catch(() => {})
    this.#lost()
  }

  pause(): void {
    void this.#page?.evaluate(muteBroadcast, true).catch(() => {})
  }

  resume(): void {
    void this.#page?.evaluate(muteBroadcast, false).catch(() => {})
  }

  onReconnect(listener: () => void): void {
    this.#reconnectListeners.push(listener)
  }

  async #publish(): Promise<void> {
    try {
      await this.#page?.evaluate(broadcast, { url: this.#url, wire: this.#wire })
    } catch (error) {
      throw encoderError(error as Error)
    }
    this.stats.lastStatus = '201'
    this.#connected = true
    this.#before = { frames: this.stats.framesSent, bytes: this.stats.bytesSent }
    clearInterval(this.#timer)
    this.#timer = setInterval(() => void this.#count(), STATS_MS)
  }

  async #count(): Promise<void> {
    const sent = await this.#page?.evaluate(broadcastStats).catch(() => null)
    if (!sent || !this.#connected) return
    this.stats.framesSent = this.#before.frames + sent.frames
    this.stats.bytesSent = this.#before.bytes + sent.bytes
  }

  #lost(): void {
    if (this.#ended || !this.#connected) return
    this.#connected = false
    this.#reconnecting.lost(null)
  }

  /** The one way out, taken once. */
  #end(reason: EncoderEnd, message: string): void {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#timer)
    this.#reconnecting.cancel()
    const closed = { reason, message }
    const browser = this.#browser?.close().catch(() => {}) ?? Promise.resolve()
    void browser.then(() => this.#closed.resolve(closed))
  }
}

function encoderError(error: Error): EncoderError {
  const status = /\b([45]\d\d): /.exec(error.message)?.[1]
  if (status) {
    return new EncoderError('LP_ENCODER_REFUSED', error.message, status, { cause: error })
  }
  const late = /in time|Timeout/.test(error.message)
  const code = late ? 'LP_ENCODER_TIMEOUT' : 'LP_ENCODER_CONNECT'
  return new EncoderError(code, error.message, null, { cause: error })
}
