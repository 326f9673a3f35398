import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMs } from '../../clock.ts'
import type { DeliveryContext } from './context.ts'
import { MAX_INCOMING_BYTES, MAX_INCOMING_FRAGMENTS } from './limits.ts'
import { serverInfo } from './messages.ts'
import { TALKATIVE, TOO_MANY_VIEWERS } from './refusal.ts'
import { findRequestedStream, type StreamAnswer } from './stream-request.ts'
import { Viewer } from './viewer.ts'
import { findSwitchTarget, readRequest } from './viewer-request.ts'
import { WebSocketTransport } from './websocket-transport.ts'

const PATHS = new Set(['/h5live/stream.mp4', '/h5live/stream/stream.mp4', '/h5live/stream'])

/** Whether H5Live is spoken at this path. */
export function isWebSocketPath(path: string): boolean {
  return PATHS.has(path)
}

interface Session {
  readonly ws: WebSocket
  readonly transport: WebSocketTransport
  viewer: Viewer | undefined
  heardAt: number
  pingedAt: number
  /** Messages and pings since the last ping of ours. */
  incoming: number
}

/** H5Live over WebSocket. */
export class WebSocketEndpoint {
  readonly #context: DeliveryContext
  readonly #sessions = new Set<Session>()
  readonly #server: WebSocketServer

  constructor(context: DeliveryContext) {
    this.#context = context
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_INCOMING_BYTES,
      maxFragments: MAX_INCOMING_FRAGMENTS,
      closeTimeout: context.limits.closeTimeoutMs,
    }
    this.#server = new WebSocketServer(options)
  }

  get viewers(): number {
    return this.#sessions.size
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, query: URLSearchParams): void {
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#open(ws, socket, query))
  }

  /** Looks at the deadlines. `now`: ms */
  tick(now: number): void {
    const { idleMs, pingIntervalMs } = this.#context.limits
    for (const session of this.#sessions) {
      session.viewer?.tick(now)
      if (now - session.heardAt > idleMs) {
        session.ws.terminate()
      } else if (now - session.pingedAt >= pingIntervalMs) {
        session.pingedAt = now
        session.incoming = 0
        session.transport.ping()
      }
    }
  }

  /** Ends every session. Its sockets close within the close time-out. */
  close(): void {
    for (const session of [...this.#sessions]) {
      if (session.viewer === undefined) session.ws.close(1001)
      else session.viewer.end('shutdown')
    }
  }

  #open(ws: WebSocket, socket: Duplex, query: URLSearchParams): void {
    const { seams, limits, playUrl } = this.#context
    const answer = this.#find(query)
    const stream = answer.ok ? answer.stream : undefined
    const now = nowMs()
    const transport = new WebSocketTransport(ws, socket, seams, { stream, playUrl })
    const session: Session = {
      ws,
      transport,
      viewer: undefined,
      heardAt: now,
      pingedAt: now,
      incoming: 0,
    }
    this.#listen(session)
    this.#sessions.add(session)
    transport.text(serverInfo())
    if (answer.ok) {
      session.viewer = new Viewer(answer.stream, transport, seams, limits, now)
      session.viewer.start()
    } else {
      const refused = seams.refusal(answer.refused)
      if (refused !== null) transport.refuse(refused)
    }
  }

  #ask({ viewer, transport }: Session, text: string): void {
    const request = readRequest(text)
    if (request === undefined || viewer === undefined) return
    const answer = findSwitchTarget(request, viewer.stream, this.#context)
    if ('refused' in answer) transport.switched(answer.refused)
    else viewer.switchTo(answer.target, nowMs())
  }

  #find(query: URLSearchParams): StreamAnswer {
    const { viewers, limits } = this.#context
    if (viewers() >= limits.maxViewers) return { ok: false, refused: TOO_MANY_VIEWERS }
    return findRequestedStream(query, this.#context)
  }

  #listen(session: Session): void {
    const { ws } = session
    const heard = () => {
      session.heardAt = nowMs()
      session.incoming += 1
      if (session.incoming <= this.#context.limits.maxIncoming) return
      session.viewer?.gone()
      session.viewer = undefined
      if (ws.readyState === ws.OPEN) session.transport.refuse(TALKATIVE)
      else ws.terminate()
    }
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      heard()
      if (!isBinary) this.#ask(session, data.toString('utf8'))
    })
    ws.on('ping', heard)
    ws.on('pong', heard)
    // Protocol errors and resets: `ws` closes by itself, and 'close' follows.
    ws.on('error', () => {})
    ws.on('close', () => {
      this.#sessions.delete(session)
      session.viewer?.gone()
    })
  }
}
