import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { CodedError } from '../../errors.ts'
import type { PublishGate } from '../../live/publication.ts'
import type { IngestLog } from '../ingest-log.ts'
import { kernelDrops } from '../srt/kernel-drops.ts'
import { emptyAnswer, refusal, type WhipAnswer } from './answer.ts'
import { createServerCertificate } from './dtls-link.ts'
import { WhipEndpoint } from './endpoint.ts'
import type { IceServer } from './ice-servers.ts'
import { DEFAULT_WHIP_LIMITS, MAX_HEAD_BYTES, type WhipLimits } from './limits.ts'
import { MediaPort, type MediaPortStats } from './media-port.ts'
import type { WhipRequest } from './request.ts'
import { routeOf, type WhipRoute } from './routes.ts'
import type { WhipSeams } from './seams.ts'

export interface WhipIngestOptions {
  readonly host: string
  /** Of HTTP; 0: chosen by the system. */
  readonly port: number
  /** Of ICE; 0: chosen by the system. */
  readonly mediaPort?: number
  readonly gate: PublishGate
  readonly log: IngestLog
  readonly seams: WhipSeams
  readonly limits?: Partial<WhipLimits>
  readonly iceServers?: () => readonly IceServer[]
  /** `http://host:port` where a client at this IP address should publish; undefined: here. */
  readonly location?: (client: string) => string | undefined
  /** Pages served beside WHIP: true when the request was taken. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean
}

export interface WhipIngest {
  /** Of HTTP. */
  readonly port: number
  /** UDP, of all sessions' media. */
  readonly mediaPort: number
  /** Sessions at the moment. */
  sessions(): number
  /** Datagrams on the media port, those of nobody known, and those that the kernel dropped. */
  media(): MediaPortStats & { readonly kernelDrops: number | null }
  /** Ends every session (`shutdown`) and stops listening. Idempotent. */
  close(): Promise<void>
}

/** Starts a WHIP ingest (RFC 9725). Throws `LP_LISTEN` when a port cannot be had. */
export async function startWhipIngest(options: WhipIngestOptions): Promise<WhipIngest> {
  const limits = options.seams.limits({ ...DEFAULT_WHIP_LIMITS, ...options.limits })
  const certificate = await createServerCertificate(options.host)
  const mediaPort = await MediaPort.open(options.host, options.mediaPort ?? 0)
  const endpoint = new WhipEndpoint({
    gate: options.gate,
    log: options.log,
    seams: options.seams,
    limits,
    mediaPort,
    certificate,
    iceServers: options.iceServers ?? (() => []),
    location: options.location ?? (() => undefined),
  })
  const server = createServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: limits.requestMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.requestMs,
      noDelay: true,
    },
    (request, response) => {
      if (options.pages?.(request, response)) return
      void serve(request, response, endpoint, options.seams, limits)
    },
  )
  server.maxConnections = limits.maxConnections
  server.on('clientError', (_error, socket) => socket.destroy())
  try {
    await listen(server, options.host, options.port)
  } catch (error) {
    await mediaPort.close()
    throw error
  }
  let closing: Promise<void> | null = null
  return {
    port: (server.address() as AddressInfo).port,
    mediaPort: mediaPort.port,
    sessions: () => endpoint.sessions,
    media: () => ({
      ...mediaPort.stats,
      kernelDrops: kernelDrops(mediaPort.port, isIPv6(options.host) ? 'udp6' : 'udp4'),
    }),
    close() {
      closing ??= (async () => {
        endpoint.close()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
        await mediaPort.close()
      })()
      return closing
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new CodedError('LP_LISTEN', `cannot listen on ${host}:${port}`, { cause: error })
  }
  server.on('error', () => undefined)
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: WhipEndpoint,
  seams: WhipSeams,
  limits: WhipLimits,
): Promise<void> {
  response.on('error', () => undefined)
  request.on('error', () => undefined)
  const method = request.method ?? ''
  let answer: WhipAnswer
  try {
    const body = await bodyOf(request, limits.maxBodyBytes)
    answer =
      body === null
        ? refusal(413, 'LP_WHIP_SIZE', `a body has at most ${limits.maxBodyBytes} bytes`, {
            Connection: 'close',
          })
        : await answerTo(whipRequest(request, method, body), routeOf(request.url ?? ''), endpoint)
  } catch (error) {
    if (request.destroyed && !request.complete) return
    console.error('whip:', error)
    answer = refusal(500, 'LP_INTERNAL', 'an internal error')
  }
  const { status, headers, body } = seams.answer(withCors(answer), { method })
  if (response.destroyed) return
  response.writeHead(status, { ...headers } as Record<string, string | string[]>)
  response.end(method === 'HEAD' ? undefined : body)
}

function whipRequest(request: IncomingMessage, method: string, body: string): WhipRequest {
  const { remoteAddress = '?', remotePort = 0 } = request.socket
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]),
  )
  return { method, headers, body, remote: `${remoteAddress}:${remotePort}` }
}

async function answerTo(
  request: WhipRequest,
  route: WhipRoute,
  endpoint: WhipEndpoint,
): Promise<WhipAnswer> {
  const { method } = request
  if (route.kind === 'unknown') return refusal(404, 'LP_WHIP_PATH', 'there is nothing here')
  if (method === 'OPTIONS') return options(route)
  if (route.kind === 'bad') return refusal(400, 'LP_WHIP_ADDRESS', route.why)
  if (route.kind === 'session') {
    if (method === 'DELETE' || method === 'PATCH') return endpoint.manage(request, route.key)
    return refusal(405, 'LP_WHIP_METHOD', 'a session takes DELETE and PATCH', {
      Allow: SESSION_METHODS,
    })
  }
  if (route.kind === 'redirect') {
    if (method !== 'POST' && method !== 'HEAD') return wrongMethod()
    return endpoint.redirect(request, route)
  }
  if (method === 'HEAD') return emptyAnswer(200, { 'Accept-Post': 'application/sdp' })
  if (method !== 'POST') return wrongMethod()
  return endpoint.publish(request, route)
}

const PUBLISH_METHODS = 'OPTIONS, HEAD, POST'
const SESSION_METHODS = 'OPTIONS, DELETE, PATCH'

function wrongMethod(): WhipAnswer {
  return refusal(405, 'LP_WHIP_METHOD', 'an endpoint takes POST', { Allow: PUBLISH_METHODS })
}

function options(route: WhipRoute): WhipAnswer {
  const session = route.kind === 'session'
  return emptyAnswer(204, {
    Allow: session ? SESSION_METHODS : PUBLISH_METHODS,
    'Access-Control-Allow-Methods': session ? SESSION_METHODS : PUBLISH_METHODS,
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-Match',
    'Access-Control-Max-Age': '600',
    ...(session
      ? { 'Accept-Patch': 'application/trickle-ice-sdpfrag' }
      : { 'Accept-Post': 'application/sdp' }),
  })
}

function withCors(answer: WhipAnswer): WhipAnswer {
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Location, ETag, Link, Accept-Post, Accept-Patch',
    },
  }
}

/** Null when it is larger than allowed; what came too much is not kept. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > maxBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
