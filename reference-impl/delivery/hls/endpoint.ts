import type { IncomingMessage, ServerResponse } from 'node:http'
import { nowMs } from '../../clock.ts'
import { sendJsonError } from '../h5live/json-error.ts'
import type { HttpEndpoint } from '../http-endpoint.ts'
import { sendPreflight } from './answer.ts'
import { HlsChannels, type HlsChannelsOptions } from './channels.ts'
import { defaultHlsLimits, type HlsLimits, SWEEP_MS } from './limits.ts'
import { parseFileName } from './names.ts'
import { HlsRequest } from './request.ts'
import type { HlsSeams } from './seams.ts'

const PATH = /^\/hls\/([^/]{1,64})\/([^/]{1,64})$/
const NOT_THERE = 2001

export interface HlsEndpointOptions extends Omit<HlsChannelsOptions, 'limits'> {
  readonly limits?: Partial<HlsLimits>
}

/** HLS and LL-HLS over HTTP: `/hls/NAME/index.m3u8` and what it names. */
export class HlsEndpoint implements HttpEndpoint {
  readonly #channels: HlsChannels
  readonly #seams: HlsSeams
  readonly #limits: HlsLimits
  readonly #sweep: NodeJS.Timeout

  constructor(options: HlsEndpointOptions) {
    this.#seams = options.seams
    this.#limits = options.seams.limits({ ...defaultHlsLimits, ...options.limits })
    this.#channels = new HlsChannels({ ...options, limits: this.#limits })
    this.#sweep = setInterval(() => this.#channels.tick(nowMs()), SWEEP_MS).unref()
  }

  serves(path: string): boolean {
    return path.startsWith('/hls/')
  }

  handle(request: IncomingMessage, response: ServerResponse, url: URL): void {
    if (request.method === 'OPTIONS') {
      sendPreflight(response)
      return
    }
    const [, name, fileName] = PATH.exec(url.pathname) ?? []
    const file = parseFileName(fileName ?? '')
    if (name === undefined || file === undefined) {
      sendJsonError(response, 404, NOT_THERE, 'There is nothing at this path.')
      return
    }
    const found = this.#channels.find(name, nowMs())
    if (!found.ok) {
      const { http, code, message } = found.refused
      sendJsonError(response, http, code, message)
      return
    }
    new HlsRequest(request, response, found.channel, {
      seams: this.#seams,
      limits: this.#limits,
      variants: () => this.#channels.variants(name, nowMs()),
      mayWait: () => this.#channels.waiting < this.#limits.maxWaiting,
    }).handle(file, url.searchParams)
  }

  close(): void {
    clearInterval(this.#sweep)
    this.#channels.close()
  }
}
