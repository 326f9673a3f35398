import { once } from 'node:events'
import {
  createServer,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type AddressInfo, isIP, type Socket } from 'node:net'
import {
  CLOSE_DEADLINE_MS,
  HTTP_DEADLINE_MS,
  MAX_SDP_BYTES,
  MAX_TCP_CONNECTIONS,
} from './limits.ts'
import type { HostPort, LinkProxy } from './link-proxy.ts'
import { keyOf, mediaAddresses, withMediaAddresses, withoutCandidates } from './sdp-candidates.ts'

const DESCRIPTION = /^application\/(sdp|trickle-ice-sdpfrag)\b/i

export interface WhipFrontOptions {
  /** Scheme, host and port of the endpoint, as clients know it. */
  readonly origin: URL
  /** The address of the link that carries HTTP to it. */
  readonly through: HostPort
  readonly listen?: Partial<HostPort>
  /** The link's address for media that a description wants at `to`. */
  media(to: HostPort): Promise<HostPort>
}

/**
 * An HTTP server in front of a WHIP endpoint that brings the media of its sessions onto a link.
 * Requests go on over the link as they are, but for the client's candidates; the candidates in
 * answers become the link's addresses. So both sides know each other by the link alone.
 */
export class WhipFront implements LinkProxy {
  readonly #options: WhipFrontOptions
  readonly #server: Server
  /** A connection of its own for each connection of a client, so that what shares one goes on so. */
  readonly #agents = new WeakMap<Socket, HttpAgent>()

  private constructor(options: WhipFrontOptions) {
    this.#options = options
    this.#server = createServer(
      { noDelay: true, requestTimeout: HTTP_DEADLINE_MS, headersTimeout: HTTP_DEADLINE_MS },
      (request, response) => void this.#pass(request, response).catch(() => response.destroy()),
    )
    this.#server.maxConnections = MAX_TCP_CONNECTIONS
    this.#server.on('clientError', (_error, socket) => socket.destroy())
    this.#server.on('error', () => {})
  }

  static async open(options: WhipFrontOptions): Promise<WhipFront> {
    const front = new WhipFront(options)
    const { host = '127.0.0.1', port = 0 } = options.listen ?? {}
    front.#server.listen(port, host)
    await once(front.#server, 'listening')
    return front
  }

  get address(): HostPort {
    const { address, port } = this.#server.address() as AddressInfo
    return { host: address, port }
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close', { signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) }).catch(
      () => {},
    )
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    request.on('error', () => {})
    const { origin, through } = this.#options
    const headers: OutgoingHttpHeaders = { ...request.headers, host: origin.host }
    // An answer that is compressed could not be rewritten.
    delete headers['accept-encoding']
    const body = isDescription(request) ? withoutCandidates(await textOf(request)) : null
    if (body !== null) {
      delete headers['transfer-encoding']
      headers['content-length'] = Buffer.byteLength(body)
    }
    const send = origin.protocol === 'https:' ? httpsRequest : httpRequest
    const onward = send({
      host: through.host,
      port: through.port,
      method: request.method,
      path: request.url,
      headers,
      agent: this.#agentOf(request.socket),
      timeout: HTTP_DEADLINE_MS,
    })
    // What happens to the connection behind happens to the one in front.
    const cut = () => request.socket.destroy()
    onward.on('error', cut)
    onward.on('timeout', cut)
    response.on('close', () => {
      if (!response.writableFinished) onward.destroy()
    })
    if (body === null) request.pipe(onward)
    else onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    answer.on('error', cut)
    await this.#answer(answer, response, request.socket.localAddress ?? '127.0.0.1')
  }

  /** @param here the address by which the client came, for media that listens on all of them */
  async #answer(answer: IncomingMessage, response: ServerResponse, here: string): Promise<void> {
    const headers = this.#headersOf(answer)
    if (!isDescription(answer)) {
      response.writeHead(answer.statusCode ?? 502, headers)
      answer.pipe(response)
      return
    }
    const sdp = await textOf(answer)
    const addresses = new Map<string, HostPort>()
    for (const to of mediaAddresses(sdp)) {
      const { host, port } = await this.#options.media(to)
      const reached = /^(0\.0\.0\.0|::)$/.test(host) ? here.replace(/^::ffff:/, '') : host
      addresses.set(keyOf(to), { host: reached, port })
    }
    const changed = withMediaAddresses(sdp, (to) => addresses.get(keyOf(to)))
    delete headers['transfer-encoding']
    response.writeHead(answer.statusCode ?? 502, {
      ...headers,
      'content-length': Buffer.byteLength(changed),
    })
    response.end(changed)
  }

  /** Nothing in them leads past the link: no absolute addresses, no relays of others. */
  #headersOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
    const changed: OutgoingHttpHeaders = { ...headers }
    const { location, link } = headers
    if (location !== undefined && URL.canParse(location)) {
      const url = new URL(location)
      if (url.host === this.#options.origin.host) {
        const { host, port } = this.address
        changed['location'] = `http://${host}:${port}${url.pathname}${url.search}`
      }
    }
    if (typeof link === 'string') {
      const kept = link.split(/,(?=\s*<)/).filter((one) => !/rel="?ice-server/i.test(one))
      if (kept.length > 0) changed['link'] = kept.join(',')
      else delete changed['link']
    }
    return changed
  }

  #agentOf(socket: Socket): HttpAgent {
    const known = this.#agents.get(socket)
    if (known) return known
    const { origin } = this.#options
    const options = { keepAlive: true, maxSockets: 1, noDelay: true }
    const agent =
      origin.protocol === 'https:'
        ? new HttpsAgent({
            ...options,
            ...(isIP(origin.hostname) === 0 ? { servername: origin.hostname } : {}),
          })
        : new HttpAgent(options)
    this.#agents.set(socket, agent)
    socket.once('close', () => agent.destroy())
    return agent
  }
}

function isDescription({ headers }: IncomingMessage): boolean {
  return DESCRIPTION.test(headers['content-type'] ?? '')
}

async function textOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_SDP_BYTES) throw new Error(`a description of more than ${MAX_SDP_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
