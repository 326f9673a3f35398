import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { sendJsonError } from '../h5live/json-error.ts'
import { MAX_REQUEST_HEAD_BYTES, REQUEST_HEAD_MS } from '../h5live/limits.ts'
import type { HttpEndpoint } from '../http-endpoint.ts'
import { MAX_SECURE_CONNECTIONS, MAX_STREAMS_OF_CONNECTION, SECURE_IDLE_MS } from './limits.ts'

export interface SecureHlsOptions {
  readonly host: string
  /** 0: any free port */
  readonly port: number
  /** PEM */
  readonly tls: { readonly key: string; readonly cert: string }
  readonly endpoint: HttpEndpoint
}

export interface SecureHls {
  readonly port: number
  close(): Promise<void>
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The same HLS over TLS, with HTTP/2 for those who speak it and HTTP/1.1 for the rest: one
 * connection then carries the reload, the hinted part and the segments at a time.
 */
export function startSecureHls(options: SecureHlsOptions): Promise<SecureHls> {
  const { host, port, tls, endpoint } = options
  const sockets = new Set<Socket>()
  const server = createSecureServer({
    ...tls,
    allowHTTP1: true,
    handshakeTimeout: REQUEST_HEAD_MS,
    maxHeaderListPairs: 100,
    settings: {
      maxConcurrentStreams: MAX_STREAMS_OF_CONNECTION,
      maxHeaderListSize: MAX_REQUEST_HEAD_BYTES,
    },
  })
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    // Node's compatibility layer: the parts that endpoints use behave alike.
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse, endpoint)
  })
  server.on('session', (session: ServerHttp2Session) => {
    session.setTimeout(SECURE_IDLE_MS, () => session.close())
    session.on('error', () => session.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('clientError', (_error, socket: Socket) => socket.destroy())
  server.maxConnections = MAX_SECURE_CONNECTIONS
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      // Accept errors (too many open files) must not end the process.
      server.on('error', () => {})
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () => {
          const closed = new Promise<void>((done) => server.close(() => done()))
          for (const socket of sockets) socket.destroy()
          return closed
        },
      })
    })
  })
}

function answer(request: IncomingMessage, response: ServerResponse, endpoint: HttpEndpoint): void {
  request.on('error', () => {})
  response.on('error', () => {})
  const target = request.url ?? ''
  const url = target.startsWith('/') ? URL.parse(target, 'https://delivery.invalid') : null
  if (url === null) {
    sendJsonError(response, 400, 4400, 'The request target is no URL.')
  } else if (!endpoint.serves(url.pathname)) {
    sendJsonError(response, 404, 2001, 'There is nothing at this path.')
  } else if (!METHODS.has(request.method ?? '')) {
    response.setHeader('Allow', 'GET, HEAD')
    sendJsonError(response, 405, 4400, 'Only GET and HEAD are answered here.')
  } else {
    endpoint.handle(request, response, url)
  }
}
