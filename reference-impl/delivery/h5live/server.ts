import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { nowMs } from '../../clock.ts'
import type { Hub } from '../../live/hub.ts'
import type { StreamDirectory } from '../../live/stream-directory.ts'
import {
  answerProgressivePlaylist,
  PROGRESSIVE_PLAYLIST_PATH,
} from '../hls/progressive-playlist.ts'
import type { HttpEndpoint } from '../http-endpoint.ts'
import type { DeliveryContext } from './context.ts'
import { sendJsonError } from './json-error.ts'
import {
  type DeliveryLimits,
  defaultDeliveryLimits,
  MAX_REQUEST_HEAD_BYTES,
  SPARE_CONNECTIONS,
  SWEEP_MS,
} from './limits.ts'
import { PlayerPage } from './player-page.ts'
import { PROGRESSIVE_PATH, ProgressiveEndpoint } from './progressive-endpoint.ts'
import type { H5LiveSeams } from './seams.ts'
import { isWebSocketPath, WebSocketEndpoint } from './websocket-endpoint.ts'

export interface DeliveryOptions {
  readonly host: string
  /** 0: any free port */
  readonly port: number
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly seams: H5LiveSeams
  readonly limits?: Partial<DeliveryLimits>
  /** Our own RTMP play address, `rtmp://host:port/play`. */
  readonly playUrl: () => string
  /** Base of the API, for the player page. */
  readonly apiUrl?: () => string
  /** The H5Live server for a client that asks for the player page; undefined: this one. */
  readonly serverFor?: (request: IncomingMessage) => string | undefined
  /** Makes ready to answer for a stream; what to wait for, undefined when it is ready. */
  readonly ready?: (stream: string) => Promise<void> | undefined
  /** Where else a client should ask for this; undefined: it is served here. */
  readonly redirect?: (request: IncomingMessage, url: URL) => string | undefined
  /** What else is served here. */
  readonly endpoints?: readonly HttpEndpoint[]
}

export interface Delivery {
  readonly port: number
  /** Viewers over WebSocket and HTTP. */
  readonly viewers: () => number
  /** Ends all viewers with `shutdown`, then all connections. */
  close(): Promise<void>
}

/** Starts the delivery server: H5Live, progressive MP4 and the player page on one port. */
export async function startDelivery(options: DeliveryOptions): Promise<Delivery> {
  const limits = options.seams.limits({ ...defaultDeliveryLimits, ...options.limits })
  const context: DeliveryContext = {
    hub: options.hub,
    directory: options.directory,
    playUrl: options.playUrl,
    seams: options.seams,
    limits,
    viewers: () => websocket.viewers + progressive.viewers,
  }
  const websocket = new WebSocketEndpoint(context)
  const progressive = new ProgressiveEndpoint(context)
  const page = new PlayerPage(options.playUrl, options.apiUrl, options.serverFor)
  const endpoints = options.endpoints ?? []
  const server = createServer(
    {
      maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
      headersTimeout: limits.requestHeadMs,
      requestTimeout: limits.requestHeadMs,
      keepAliveTimeout: limits.requestHeadMs,
      connectionsCheckingInterval: SWEEP_MS,
      noDelay: true,
    },
    (request, response) => {
      const places = { context, endpoints, progressive, page, redirect: options.redirect }
      whenReady(request, () => {
        if (!response.destroyed) answer(request, response, places)
      })
    },
  )
  server.maxConnections = limits.maxViewers + SPARE_CONNECTIONS
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    whenReady(request, () => {
      if (!socket.destroyed) upgrade(request, socket, head, websocket)
    })
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await listen(server, options.port, options.host)

  function whenReady(request: IncomingMessage, serve: () => void): void {
    const name = options.ready && parse(request)?.searchParams.get('stream')
    const waiting = name ? options.ready?.(name) : undefined
    if (waiting === undefined) serve()
    else void waiting.then(serve)
  }

  const sweep = setInterval(() => {
    const now = nowMs()
    websocket.tick(now)
    progressive.tick(now)
  }, SWEEP_MS)
  return {
    port: (server.address() as AddressInfo).port,
    viewers: context.viewers,
    close: () => {
      clearInterval(sweep)
      websocket.close()
      progressive.close()
      for (const endpoint of endpoints) endpoint.close()
      return closeServer(server, limits.closeTimeoutMs)
    },
  }
}

/** The next request may well be sent elsewhere. */
const REDIRECT_HEADERS = {
  'Content-Length': '0',
  'Cache-Control': 'no-store',
  'Access-Control-Allow-Origin': '*',
} as const

/** Methods that endpoints answer. */
const ANSWERED = new Set(['GET', 'HEAD', 'OPTIONS'])

interface Places {
  readonly context: DeliveryContext
  readonly endpoints: readonly HttpEndpoint[]
  readonly progressive: ProgressiveEndpoint
  readonly page: PlayerPage
  readonly redirect: DeliveryOptions['redirect']
}

function answer(request: IncomingMessage, response: ServerResponse, places: Places): void {
  const { context, progressive, page } = places
  const url = parse(request)
  const elsewhere = url === undefined ? undefined : places.redirect?.(request, url)
  const endpoint = places.endpoints.find((one) => url !== undefined && one.serves(url.pathname))
  if (url === undefined) {
    sendJsonError(response, 400, 4400, 'The request target is no URL.')
  } else if (elsewhere !== undefined) {
    response.writeHead(307, { Location: elsewhere, ...REDIRECT_HEADERS }).end()
  } else if (endpoint !== undefined && ANSWERED.has(request.method ?? '')) {
    endpoint.handle(request, response, url)
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    response.setHeader('Connection', 'close')
    sendJsonError(response, 405, 4400, 'Only GET and HEAD are answered here.')
  } else if (url.pathname === PROGRESSIVE_PATH) {
    progressive.handle(request, response, url.searchParams)
  } else if (url.pathname === PROGRESSIVE_PLAYLIST_PATH) {
    answerProgressivePlaylist(request, response, url.searchParams, context)
  } else if (page.serves(url.pathname)) {
    void page.handle(url.pathname, request, response)
  } else if (isWebSocketPath(url.pathname)) {
    response.setHeader('Upgrade', 'websocket')
    sendJsonError(response, 426, 4400, 'This address speaks WebSocket.')
  } else {
    sendJsonError(response, 404, 4400, 'There is nothing at this path.')
  }
}

function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  websocket: WebSocketEndpoint,
): void {
  const url = parse(request)
  if (url === undefined || !isWebSocketPath(url.pathname)) {
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', () =>
      socket.destroy(),
    )
    return
  }
  websocket.upgrade(request, socket, head, url.searchParams)
}

function parse(request: IncomingMessage): URL | undefined {
  const target = request.url ?? ''
  return target.startsWith('/')
    ? (URL.parse(target, 'http://delivery.invalid') ?? undefined)
    : undefined
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      // Accept errors (too many open files) must not end the process.
      server.on('error', () => {})
      resolve()
    })
  })
}

function closeServer(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
