import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { sendJsonError } from '../delivery/h5live/json-error.ts'
import { sendPreflight } from '../delivery/hls/answer.ts'
import type { HttpEndpoint } from '../delivery/http-endpoint.ts'
import { AnswerCache, type KeptAnswer } from './answer-cache.ts'
import {
  HLS_ANSWER_MS,
  MAX_HLS_ANSWER_BYTES,
  MAX_HLS_REQUESTS,
  MAX_HLS_WAITING,
  PLAYLIST_KEPT_MS,
  POSITIONED_PLAYLIST_KEPT_MS,
} from './limits.ts'
import type { OriginAccess } from './origin-access.ts'

const PATH = /^\/hls\/[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_.-]{1,64}$/
const DIRECTIVES = ['_HLS_msn', '_HLS_part', '_HLS_skip'] as const
/** Headers of the origin's answer that are passed on. */
const PASSED_ON = [
  'content-type',
  'cache-control',
  'content-encoding',
  'vary',
  'retry-after',
  'access-control-allow-origin',
] as const
const UNREACHABLE = 4502
const BUSY = 4503

type Settle = (answer: KeptAnswer | undefined) => void

/**
 * HLS at an edge: the origin's own files, asked for once however many want them. Every edge gives
 * the same playlists, so a player may go on at another edge; and the origin's work does not grow
 * with the viewers.
 */
export class HlsRelay implements HttpEndpoint {
  readonly #origin: OriginAccess
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_HLS_REQUESTS })
  readonly #cache = new AnswerCache()
  readonly #open = new Map<string, Set<Settle>>()
  #waiting = 0

  constructor(origin: OriginAccess) {
    this.#origin = origin
  }

  serves(path: string): boolean {
    return path.startsWith('/hls/')
  }

  handle(request: IncomingMessage, response: ServerResponse, url: URL): void {
    if (request.method === 'OPTIONS') {
      sendPreflight(response)
      return
    }
    if (!PATH.test(url.pathname)) {
      sendJsonError(response, 404, 2001, 'There is nothing at this path.')
      return
    }
    const query = new URLSearchParams()
    for (const name of DIRECTIVES) {
      for (const value of url.searchParams.getAll(name).slice(0, 2)) query.append(name, value)
    }
    const gzip = /\bgzip\b/i.test(String(request.headers['accept-encoding'] ?? ''))
    const path = query.size === 0 ? url.pathname : `${url.pathname}?${query}`
    this.#answer(request, response, path, gzip)
  }

  close(): void {
    this.#agent.destroy()
  }

  #answer(request: IncomingMessage, response: ServerResponse, path: string, gzip: boolean): void {
    const key = `${gzip ? 'gzip' : 'plain'} ${path}`
    const kept = this.#cache.get(key, performance.now())
    if (kept !== undefined) {
      send(request, response, kept)
      return
    }
    const running = this.#open.get(key)
    if (this.#waiting >= MAX_HLS_WAITING || (!running && this.#open.size >= MAX_HLS_REQUESTS)) {
      response.setHeader('Retry-After', '1')
      sendJsonError(response, 503, BUSY, 'Too many requests wait.')
      return
    }
    const waiters = running ?? new Set<Settle>()
    const settle: Settle = (answer) => {
      this.#waiting -= 1
      if (response.destroyed) return
      if (answer !== undefined) send(request, response, answer)
      else sendJsonError(response, 502, UNREACHABLE, 'The origin does not answer.')
    }
    this.#waiting += 1
    waiters.add(settle)
    response.once('close', () => {
      if (waiters.delete(settle)) this.#waiting -= 1
    })
    if (running === undefined) this.#ask(key, path, gzip, waiters)
  }

  #ask(key: string, path: string, gzip: boolean, waiters: Set<Settle>): void {
    this.#open.set(key, waiters)
    const finish = (answer: KeptAnswer | undefined) => {
      if (this.#open.get(key) !== waiters) return
      this.#open.delete(key)
      if (answer !== undefined)
        this.#cache.set(key, answer, performance.now(), lifeOf(path, answer))
      for (const settle of [...waiters]) {
        waiters.delete(settle)
        settle(answer)
      }
    }
    const request = httpRequest(`${this.#origin.http}${path}`, {
      agent: this.#agent,
      signal: AbortSignal.timeout(HLS_ANSWER_MS),
      headers: {
        authorization: `Bearer ${this.#origin.secret}`,
        'accept-encoding': gzip ? 'gzip' : 'identity',
      },
    })
    request.on('error', () => finish(undefined))
    request.on('response', (response) => {
      const body: Buffer[] = []
      let length = 0
      response.on('data', (part: Buffer) => {
        length += part.length
        if (length > MAX_HLS_ANSWER_BYTES) response.destroy()
        else body.push(part)
      })
      response.on('error', () => finish(undefined))
      response.on('close', () => finish(undefined))
      response.on('end', () => finish(answerFrom(response, Buffer.concat(body))))
    })
    request.end()
  }
}

function answerFrom(response: IncomingMessage, body: Buffer): KeptAnswer {
  const headers: Record<string, string> = {}
  for (const name of PASSED_ON) {
    const value = response.headers[name]
    if (value !== undefined) headers[name] = String(value)
  }
  return { status: response.statusCode ?? 502, headers, body }
}

/** ms; Infinity for what never changes: media names are never used again. */
function lifeOf(path: string, { status }: KeptAnswer): number {
  if (status === 401) return 0
  if (status !== 200) return PLAYLIST_KEPT_MS
  if (!/\.m3u8(\?|$)/.test(path)) return Number.POSITIVE_INFINITY
  return path.includes('_HLS_msn=') ? POSITIONED_PLAYLIST_KEPT_MS : PLAYLIST_KEPT_MS
}

function send(request: IncomingMessage, response: ServerResponse, answer: KeptAnswer): void {
  // 401 is between the origin and this edge.
  const status = answer.status === 401 ? 502 : answer.status
  response.writeHead(status, { ...answer.headers, 'content-length': String(answer.body.length) })
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}
