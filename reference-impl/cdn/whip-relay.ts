import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendJsonError } from '../delivery/h5live/json-error.ts'
import { MAX_REQUEST_HEAD_BYTES } from '../delivery/h5live/limits.ts'
import {
  MAX_RELAYED_PUBLISHERS,
  MAX_WHIP_BYTES,
  OPENING_MS,
  SWEEP_MS,
  WHIP_ANSWER_MS,
} from './limits.ts'
import { withRelayedCandidate } from './relayed-candidates.ts'
import type { SocketTarget } from './udp-relay.ts'

const PATH = /^\/(whip|webrtc|ingest|p\/webrtc)(\/|\?|$)/
const METHODS = new Set(['OPTIONS', 'HEAD', 'POST', 'PATCH', 'DELETE'])
const ASKED_WITH = ['authorization', 'content-type', 'if-match', 'user-agent', 'accept'] as const
const NOT_PASSED_ON = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])
const UNREACHABLE = 4502

export interface WhipRelay {
  readonly port: number
  close(): Promise<void>
}

export interface WhipRelayOptions {
  readonly host: string
  /** The HTTP of the origin's WHIP now; undefined while it is not known. */
  readonly origin: () => SocketTarget | undefined
  /** UDP port of this edge that leads to the origin's media. */
  readonly mediaPort: number
}

/**
 * WHIP at an edge: the origin answers, and its answers name the edge as the place for media.
 * Sessions live at the origin alone.
 */
export async function startWhipRelay(options: WhipRelayOptions): Promise<WhipRelay> {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_RELAYED_PUBLISHERS })
  const server = createServer(
    {
      maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
      headersTimeout: OPENING_MS,
      requestTimeout: OPENING_MS,
      connectionsCheckingInterval: SWEEP_MS,
      noDelay: true,
    },
    (request, response) => {
      response.on('error', () => {})
      void relay(request, response, options, agent).catch(() => {
        if (response.headersSent) response.destroy()
        else sendJsonError(response, 502, UNREACHABLE, 'The origin does not answer.')
      })
    },
  )
  server.maxConnections = MAX_RELAYED_PUBLISHERS
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, options.host, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        agent.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  { host, origin, mediaPort }: WhipRelayOptions,
  agent: Agent,
): Promise<void> {
  const method = request.method ?? ''
  const path = request.url ?? ''
  const target = origin()
  if (!PATH.test(path) || !METHODS.has(method) || target === undefined) {
    response.setHeader('Connection', 'close')
    if (target !== undefined) sendJsonError(response, 404, 4404, 'There is nothing at this path.')
    else sendJsonError(response, 502, UNREACHABLE, 'The origin is away.')
    return
  }
  const body = await bytesOf(request)
  if (body === undefined) {
    response.setHeader('Connection', 'close')
    sendJsonError(response, 413, 4400, `A body has at most ${MAX_WHIP_BYTES} bytes.`)
    return
  }
  const answer = await ask({ agent, method, path, target, headers: request.headers, body })
  const answered = (await bytesOf(answer))?.toString('utf8')
  if (answered === undefined) throw new RangeError('the answer is too large')
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !NOT_PASSED_ON.has(name)) response.setHeader(name, value)
  }
  // Whatever the router of the origin thinks of this edge, the client stays here.
  const { location } = answer.headers
  if (location !== undefined) response.setHeader('location', pathOf(location))
  response.statusCode = answer.statusCode ?? 502
  response.end(withRelayedCandidate(answered, { host, port: mediaPort }))
}

interface Asked {
  readonly agent: Agent
  readonly method: string
  readonly path: string
  readonly target: SocketTarget
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

function ask({ agent, method, path, target, headers, body }: Asked): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(WHIP_ANSWER_MS)
    const asked = httpRequest({ ...target, agent, method, path, signal })
    for (const name of ASKED_WITH) {
      const value = headers[name]
      if (value !== undefined) asked.setHeader(name, value)
    }
    asked.on('error', reject)
    asked.on('response', resolve)
    asked.end(body)
  })
}

/** Undefined when there are too many. */
async function bytesOf(message: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_WHIP_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function pathOf(location: string): string {
  const url = URL.parse(location, 'http://edge.invalid')
  return url === null ? location : `${url.pathname}${url.search}`
}
