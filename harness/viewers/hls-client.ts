import { type Agent, Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { TargetError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { MAX_HLS_BYTES, MAX_PLAYLIST_BYTES } from './limits.ts'

export interface HlsResponse {
  readonly url: string
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Unpacked. */
  readonly body: Buffer
  /** ms from the request to the last byte. */
  readonly ms: number
  /** When the last byte came, ms of the machine's monotonic clock. */
  readonly at: number
}

/** GETs over kept connections, as players do. */
export class HlsClient {
  readonly #agent: Agent
  readonly #secure: boolean
  readonly #signal: AbortSignal

  constructor(url: string, signal: AbortSignal) {
    this.#secure = new URL(url).protocol === 'https:'
    this.#agent = this.#secure
      ? new HttpsAgent({ keepAlive: true })
      : new HttpAgent({ keepAlive: true })
    this.#signal = signal
  }

  /** @throws TargetError `LP_VIEWER_HTTP` when no whole answer comes in time */
  get(url: string, timeoutMs: number): Promise<HlsResponse> {
    const startedAt = nowMs()
    const { promise, resolve, reject } = Promise.withResolvers<HlsResponse>()
    const fail = (error: Error) =>
      reject(new TargetError('LP_VIEWER_HTTP', `${url}: ${error.message}`, { cause: error }))
    const send = this.#secure ? httpsRequest : httpRequest
    const request = send(url, {
      agent: this.#agent,
      signal: this.#signal,
      headers: { 'Accept-Encoding': 'gzip', Origin: 'http://player.example' },
    })
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    )
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > MAX_HLS_BYTES) request.destroy(new Error(`more than ${MAX_HLS_BYTES} bytes`))
      })
      response.on('error', fail)
      response.on('end', () => {
        clearTimeout(deadline)
        const headers: Record<string, string> = {}
        for (const [name, value] of Object.entries(response.headers)) headers[name] = `${value}`
        try {
          const packed = Buffer.concat(chunks)
          const body =
            headers['content-encoding'] === 'gzip'
              ? gunzipSync(packed, { maxOutputLength: MAX_PLAYLIST_BYTES })
              : packed
          const at = nowMs()
          const status = response.statusCode ?? 0
          resolve({ url, status, headers, body, ms: at - startedAt, at })
        } catch (error) {
          fail(error as Error)
        }
      })
    })
    request.on('error', fail)
    request.on('close', () => clearTimeout(deadline))
    request.end()
    return promise
  }

  close(): void {
    this.#agent.destroy()
  }
}
