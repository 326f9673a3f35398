import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMs } from '../clock.ts'
import { sendJsonError } from '../delivery/h5live/json-error.ts'
import { MAX_REQUEST_HEAD_BYTES } from '../delivery/h5live/limits.ts'
import type { HttpEndpoint } from '../delivery/http-endpoint.ts'
import type { Hub } from '../live/hub.ts'
import type { LiveStream } from '../live/live-stream.ts'
import type { StreamDirectory } from '../live/stream-directory.ts'
import { isStreamName } from '../live/stream-name.ts'
import type { OriginIngest, OriginWelcome } from './control-message.ts'
import { EdgeSession } from './edge-session.ts'
import type { FeedNote } from './feed-record.ts'
import { FeedSession } from './feed-session.ts'
import {
  MAX_CONTROL_BYTES,
  MAX_COUNTED,
  MAX_FEED_CONNECTIONS,
  OPENING_MS,
  SWEEP_MS,
} from './limits.ts'
import type { EdgeRegistry } from './registry.ts'

export interface OriginOptions {
  readonly host: string
  /** 0: any free port */
  readonly port: number
  /** What edges must know. */
  readonly secret: string
  /** Grows with every start of the origin. */
  readonly generation: number
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly registry: EdgeRegistry
  /** Playlists and segments for edges. */
  readonly hls: HttpEndpoint
  readonly playUrl: () => string
  /** Where publishers are taken. */
  readonly ingest: () => OriginIngest
}

/** What has passed through the origin's door for edges, since its start. */
export interface OriginCounts {
  /** Connections that pull a stream, by its name. */
  readonly pulls: Readonly<Record<string, number>>
  /** Requests for HLS. */
  readonly hlsRequests: number
}

export interface Origin {
  readonly port: number
  readonly counts: () => OriginCounts
  close(): Promise<void>
}

interface Session {
  message?(text: string, now: number): void
  heard?(now: number): void
  tick(now: number): void
  gone(now: number): void
  end?(): void
}

/** RFC 6455 §7.4.1 */
const CLOSE_GOING_AWAY = 1001
/** ms that an edge may take to answer a close frame. */
const CLOSE_MS = 200

/**
 * The origin's door for edges, on a port of its own: `/edge` is an edge's presence, `/feed/NAME` a
 * stream, `/hls/…` playlists and segments. Whoever does not know the secret learns nothing.
 */
export async function startOrigin(options: OriginOptions): Promise<Origin> {
  const sessions = new Map<Session, WebSocket>()
  const instances = new WeakMap<LiveStream, string>()
  const pulls = new Map<string, number>()
  let nextInstance = 1
  let hlsRequests = 0
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_CONTROL_BYTES,
  })
  const server = createServer(
    {
      maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
      headersTimeout: OPENING_MS,
      requestTimeout: OPENING_MS,
      connectionsCheckingInterval: SWEEP_MS,
      noDelay: true,
    },
    answer,
  )
  server.maxConnections = MAX_FEED_CONNECTIONS
  server.on('clientError', (_error, socket) => socket.destroy())
  server.on('upgrade', upgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
  const sweep = setInterval(() => {
    const now = nowMs()
    for (const session of sessions.keys()) session.tick(now)
  }, SWEEP_MS).unref()

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = URL.parse(request.url ?? '', 'http://origin.invalid')
    if (!knowsSecret(request, options.secret)) {
      response.setHeader('Connection', 'close')
      sendJsonError(response, 401, 4401, 'This door is for edges.')
    } else if (url !== null && options.hls.serves(url.pathname)) {
      hlsRequests += 1
      options.hls.handle(request, response, url)
    } else sendJsonError(response, 404, 4404, 'There is nothing at this path.')
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const path = URL.parse(request.url ?? '', 'http://origin.invalid')?.pathname ?? ''
    const name = /^\/feed\/([^/]{1,64})$/.exec(path)?.[1]
    if (!knowsSecret(request, options.secret)) refuse(socket, '401 Unauthorized')
    else if (path === '/edge') wss.handleUpgrade(request, socket, head, edge)
    else if (name !== undefined && isStreamName(name)) {
      wss.handleUpgrade(request, socket, head, (ws) => feed(ws, socket, name))
    } else refuse(socket, '404 Not Found')
  }

  function edge(ws: WebSocket): void {
    const welcome: OriginWelcome = {
      type: 'welcome',
      generation: options.generation,
      playUrl: options.playUrl(),
      ingest: options.ingest(),
    }
    keep(ws, new EdgeSession(ws, options.registry, welcome, nowMs()))
  }

  function feed(ws: WebSocket, socket: Duplex, name: string): void {
    if (pulls.has(name) || pulls.size < MAX_COUNTED) pulls.set(name, (pulls.get(name) ?? 0) + 1)
    const stream = options.hub.get(name)
    if (stream?.publishing !== true) {
      const state = options.directory.find(name)?.state ?? null
      ws.on('error', () => {})
      ws.send(JSON.stringify({ type: 'refused', state } satisfies FeedNote))
      ws.close()
      return
    }
    const instance = instances.get(stream) ?? `${options.generation}-${nextInstance++}`
    instances.set(stream, instance)
    const { generation } = options
    keep(ws, new FeedSession(ws, socket, stream, { generation, instance, now: nowMs() }))
  }

  function keep(ws: WebSocket, session: Session): void {
    sessions.set(session, ws)
    ws.on('message', (data, isBinary) => {
      if (isBinary) ws.terminate()
      else session.message?.(String(data), nowMs())
    })
    ws.on('pong', () => session.heard?.(nowMs()))
    ws.on('error', () => {})
    ws.on('close', () => {
      sessions.delete(session)
      session.gone(nowMs())
    })
  }

  return {
    port: (server.address() as AddressInfo).port,
    counts: () => ({ pulls: Object.fromEntries(pulls), hlsRequests }),
    close: () =>
      new Promise((resolve) => {
        clearInterval(sweep)
        for (const [session, ws] of sessions) {
          session.end?.()
          // Upgraded connections are not the server's any more: it would wait for them.
          setTimeout(() => ws.terminate(), CLOSE_MS).unref()
          ws.close(CLOSE_GOING_AWAY)
        }
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Constant time, whatever the lengths. */
function knowsSecret({ headers }: IncomingMessage, secret: string): boolean {
  const given = digest(headers.authorization ?? '')
  return timingSafeEqual(given, digest(`Bearer ${secret}`))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () =>
    socket.destroy(),
  )
}
