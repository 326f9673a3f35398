import type { IncomingMessage, ServerResponse } from 'node:http'
import { nowMs } from '../../clock.ts'
import type { DeliveryContext } from './context.ts'
import { sendJsonError } from './json-error.ts'
import { PROGRESSIVE_HEADERS, ProgressiveTransport } from './progressive-transport.ts'
import { TOO_MANY_VIEWERS } from './refusal.ts'
import { findRequestedStream, type StreamAnswer } from './stream-request.ts'
import { Viewer } from './viewer.ts'

export const PROGRESSIVE_PATH = '/h5live/http/stream.mp4'

/** Progressive MP4 over HTTP. */
export class ProgressiveEndpoint {
  readonly #context: DeliveryContext
  readonly #viewers = new Set<Viewer>()

  constructor(context: DeliveryContext) {
    this.#context = context
  }

  get viewers(): number {
    return this.#viewers.size
  }

  handle(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const { seams, limits } = this.#context
    const answer = this.#find(query)
    if (!answer.ok) {
      const refused = seams.refusal(answer.refused)
      if (refused !== null) sendJsonError(response, refused.http, refused.code, refused.message)
      return
    }
    if (request.method === 'HEAD') {
      response.writeHead(200, seams.progressiveHeaders(PROGRESSIVE_HEADERS))
      response.end()
      return
    }
    const transport = new ProgressiveTransport(response, seams)
    const viewer = new Viewer(answer.stream, transport, seams, limits, nowMs())
    this.#viewers.add(viewer)
    response.on('close', () => {
      this.#viewers.delete(viewer)
      viewer.gone()
    })
    viewer.start()
  }

  /** Looks at the deadlines. `now`: ms */
  tick(now: number): void {
    for (const viewer of this.#viewers) viewer.tick(now)
  }

  close(): void {
    for (const viewer of [...this.#viewers]) viewer.end('shutdown')
  }

  #find(query: URLSearchParams): StreamAnswer {
    const { viewers, limits } = this.#context
    if (viewers() >= limits.maxViewers) return { ok: false, refused: TOO_MANY_VIEWERS }
    return findRequestedStream(query, this.#context)
  }
}
