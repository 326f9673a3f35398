import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJsonError } from '../delivery/h5live/json-error.ts'
import type { HttpEndpoint } from '../delivery/http-endpoint.ts'
import type { Router } from './router.ts'

export const SERVER_PATH = '/h5live/server'

/**
 * Tells a player which H5Live server is its own: browsers do not follow a redirect of a WebSocket
 * handshake. 204: the one that it asks.
 */
export class ServerEndpoint implements HttpEndpoint {
  readonly #router: Router

  constructor(router: Router) {
    this.#router = router
  }

  /** The address for this client; undefined: there is no other. */
  websocketFor(request: IncomingMessage): string | undefined {
    return this.#router.locate(request.socket.remoteAddress ?? '')?.addresses.websocket
  }

  serves(path: string): boolean {
    return path === SERVER_PATH
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'OPTIONS') {
      response.setHeader('Allow', 'GET, HEAD')
      sendJsonError(response, 405, 4400, 'Only GET and HEAD are answered here.')
      return
    }
    const websocket = this.websocketFor(request)
    const body = websocket === undefined ? '' : JSON.stringify({ websocket })
    response.writeHead(websocket === undefined ? 204 : 200, {
      ...(websocket === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      'Cache-Control': 'no-store',
      'Access-Control-Allow-Origin': '*',
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  close(): void {}
}
