import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { LiveproofError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { CONNECT_DEADLINE_MS, MAX_MESSAGE_BYTES } from './limits.ts'

/** ms before it asks again, at most; each viewer waits another time, so that a crowd is spread. */
const RETRY_MS = 600

export interface RoutedViewerOptions {
  /** Asks the target where to play now. */
  readonly where: () => Promise<string>
  /** Source address; the machine's own when undefined. */
  readonly client: string | undefined
  readonly signal: AbortSignal
}

/**
 * A viewer that asks the target for an address whenever it has lost its server, as players do that
 * are given a stream's id. It only counts what comes: for hundreds at a time.
 */
export class RoutedViewer {
  readonly #options: RoutedViewerOptions
  readonly #abort = new AbortController()
  readonly #done: Promise<void>
  #socket: WebSocket | undefined
  /** `host:port` it plays from now; undefined while it has no media. */
  playsFrom: string | undefined
  /** ms of the machine's clock, when the media of the present connection began. */
  playsSince: number | undefined
  fragments = 0

  constructor(options: RoutedViewerOptions) {
    this.#options = options
    const stop = AbortSignal.any([options.signal, this.#abort.signal])
    this.#done = this.#run(stop)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    this.#socket?.terminate()
    await this.#done
  }

  async #run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#play(stop).catch((error: unknown) => {
        if (!(error instanceof LiveproofError)) throw error
      })
      await delay(RETRY_MS * Math.random(), undefined, { signal: stop }).catch(() => {})
    }
  }

  async #play(stop: AbortSignal): Promise<void> {
    const url = await this.#options.where()
    if (stop.aborted) return
    const { client } = this.#options
    const socket = new WebSocket(url, {
      handshakeTimeout: CONNECT_DEADLINE_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      ...(client === undefined ? {} : { localAddress: client }),
    })
    this.#socket = socket
    const { host } = new URL(url)
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary || data.toString('latin1', 4, 8) !== 'moof') return
      this.fragments += 1
      this.playsFrom ??= host
      this.playsSince ??= nowMs()
    })
    socket.on('error', () => {})
    const cut = () => socket.terminate()
    stop.addEventListener('abort', cut, { once: true })
    await new Promise((resolve) => socket.once('close', resolve))
    stop.removeEventListener('abort', cut)
    this.playsFrom = undefined
    this.playsSince = undefined
  }
}
