import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { nowMs } from '../../clock.ts'
import type { Playout } from '../../delivery/rtmp/playout.ts'
import { CodedError } from '../../errors.ts'
import type { PublishGate } from '../../live/publication.ts'
import type { IngestLog } from '../ingest-log.ts'
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from './limits.ts'
import type { RtmpSeams } from './seams.ts'
import { RtmpSession } from './session.ts'
import type { SessionPort } from './session-port.ts'

export interface RtmpIngestOptions {
  readonly host: string
  /** 0: chosen by the system. */
  readonly port: number
  /** PEM; makes it RTMPS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly gate: PublishGate
  readonly log: IngestLog
  readonly seams: RtmpSeams
  readonly limits?: Partial<RtmpLimits>
  /** Where streams are played from; without it nothing can be played. */
  readonly playout?: Playout
}

export interface RtmpIngest {
  readonly port: number
  /** Ends every session (`shutdown`) and stops listening. Idempotent. */
  close(): Promise<void>
}

/** The longest time that a Node timer can wait, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Starts an RTMP or RTMPS ingest. Throws `LP_LISTEN` when the port cannot be had. */
export async function startRtmpIngest(options: RtmpIngestOptions): Promise<RtmpIngest> {
  const limits = options.seams.limits({ ...DEFAULT_RTMP_LIMITS, ...options.limits })
  const gate = options.seams.gate(options.gate)
  const sessions = new Set<() => void>()
  const sockets = new Set<Socket>()
  const protocol = options.tls === undefined ? 'rtmp' : 'rtmps'
  const serve = (socket: Socket) => {
    const close = serveSession(socket, { ...options, gate }, protocol, limits)
    sessions.add(close)
    socket.once('close', () => sessions.delete(close))
  }
  const server = createListener(options.tls, limits, serve)
  server.maxConnections = limits.maxSessions
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  await listen(server, options.host, options.port)
  const address = server.address()
  let closing: Promise<void> | null = null
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve())
        for (const close of sessions) close()
        for (const socket of sockets) socket.destroy()
      })
      return closing
    },
  }
}

function createListener(
  tls: RtmpIngestOptions['tls'],
  limits: RtmpLimits,
  serve: (socket: Socket) => void,
): Server {
  if (tls === undefined) return createServer({ noDelay: true }, serve)
  const handshakeTimeout = Math.min(limits.handshakeMs, MAX_TIMER_MS)
  const server = createTlsServer({ ...tls, handshakeTimeout, noDelay: true }, serve)
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new CodedError('LP_LISTEN', `cannot listen on ${host}:${port}`, { cause: error })
  }
  // An error of the listening socket after this must not end the process.
  server.on('error', () => undefined)
}

/** Ties one socket to one session; returns what ends it on shutdown. */
function serveSession(
  socket: Socket,
  options: RtmpIngestOptions,
  protocol: 'rtmp' | 'rtmps',
  limits: RtmpLimits,
): () => void {
  let timer: NodeJS.Timeout | undefined
  let armedFor = Number.POSITIVE_INFINITY

  const port: SessionPort = {
    now: nowMs,
    send(bytes) {
      if (!socket.writable) return
      socket.write(bytes)
      // Later, not from inside the session's own call.
      if (socket.writableLength > session.maxUnsentBytes) {
        queueMicrotask(() => session.abort('slow-reader', nowMs()))
      }
    },
    queuedBytes: () => socket.writableLength,
    sentBytes: () => socket.bytesWritten - socket.writableLength,
    requestPublish(name, publisher, answer) {
      options.gate.request(name, publisher).then(
        (decision) => guard(() => answer(decision, nowMs())),
        (error: unknown) => fail(error),
      )
    },
    close(reason) {
      clearTimeout(timer)
      timer = setTimeout(() => socket.destroy(), limits.lingerMs)
      timer.unref()
      socket.end()
      // A player may have the rest of its queue; who reads no answers has had its time.
      const most = reason === 'stream-ended' ? Number.POSITIVE_INFINITY : limits.maxUnsentBytes
      if (socket.writableLength > most) socket.destroy()
    },
  }
  const session = new RtmpSession({
    protocol,
    remote: `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`,
    limits,
    seams: options.seams,
    log: options.log,
    port,
    playout: options.playout,
  })

  /** A bug of ours ends this session and nothing else. */
  function fail(error: unknown): void {
    console.error(`rtmp session ${session.id}:`, error)
    session.abort('internal-error', nowMs())
  }

  function guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      fail(error)
    }
    arm()
  }

  /** The timer may fire early, never late: media that moves the deadline on costs nothing. */
  function arm(): void {
    if (session.ended || session.deadline >= armedFor) return
    clearTimeout(timer)
    armedFor = session.deadline
    const delay = Math.min(Math.max(armedFor - nowMs(), 0), MAX_TIMER_MS)
    timer = setTimeout(() => {
      armedFor = Number.POSITIVE_INFINITY
      guard(() => session.tick(nowMs()))
    }, Math.ceil(delay))
  }

  socket.setNoDelay(true)
  socket.on('data', (bytes: Buffer) => {
    // All answers to one read leave in one write: a flood of pings costs the peer more than us.
    socket.cork()
    guard(() => session.receive(bytes, nowMs()))
    socket.uncork()
  })
  socket.on('end', () => guard(() => session.disconnected('eof', nowMs())))
  socket.on('error', () => guard(() => session.disconnected('reset', nowMs())))
  socket.on('close', () => {
    guard(() => session.disconnected('reset', nowMs()))
    clearTimeout(timer)
  })
  arm()
  return () => guard(() => session.abort('shutdown', nowMs()))
}
