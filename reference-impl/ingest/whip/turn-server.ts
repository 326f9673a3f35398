import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { nowMs } from '../../clock.ts'
import { CodedError, WireError } from '../../errors.ts'
import {
  buildStun,
  isStun,
  parseStun,
  parseXorAddress,
  type SocketAddress,
  StunAttribute,
  StunClass,
  type StunMessage,
  StunMethod,
  type StunValue,
  stunErrorCode,
  stunIntegrityHolds,
  stunText,
  stunValue,
  xorAddress,
} from '../../wire/stun.ts'
import type { IceServer } from './ice-servers.ts'
import { keyOf } from './media-port.ts'
import { DEFAULT_TURN_LIMITS, type TurnLimits } from './turn-limits.ts'

export interface TurnServerOptions {
  readonly host: string
  /** 0: chosen by the system. */
  readonly port: number
  readonly limits?: Partial<TurnLimits>
  /** Where relayed packets may go: the demo's relay reaches its own ingest and nothing else. */
  readonly mayReach: (peer: SocketAddress) => boolean
}

interface Allocation {
  readonly client: SocketAddress
  readonly socket: Socket
  readonly permissions: Map<string, number>
  readonly channels: Map<number, SocketAddress>
  expiresAt: number
}

const REALM = 'liveproof'
const UDP = 17
const FIRST_CHANNEL = 0x4000
const LAST_CHANNEL = 0x4fff
const PERMISSION_MS = 300_000
const SWEEP_MS = 1_000

/**
 * A STUN and TURN server (RFC 8489, RFC 8656) for the demo: UDP only, one user, and a relay that
 * reaches nothing but the reference's own ingest, so that it can be no open proxy.
 */
export class TurnServer {
  readonly #socket: Socket
  readonly #options: TurnServerOptions
  readonly #limits: TurnLimits
  readonly #username = 'liveproof'
  readonly #credential = randomBytes(12).toString('hex')
  readonly #secret = randomBytes(32)
  readonly #allocations = new Map<string, Allocation>()
  readonly #sweep: NodeJS.Timeout
  /** Datagrams that were relayed, both ways. */
  relayed = 0

  private constructor(socket: Socket, options: TurnServerOptions) {
    this.#socket = socket
    this.#options = options
    this.#limits = { ...DEFAULT_TURN_LIMITS, ...options.limits }
    socket.on('message', (bytes, { address, port }) =>
      this.#receive(bytes, { host: address, port }),
    )
    socket.on('error', () => undefined)
    this.#sweep = setInterval(() => this.#expire(nowMs()), SWEEP_MS)
    this.#sweep.unref()
  }

  /** Throws `LP_LISTEN`. */
  static async open(options: TurnServerOptions): Promise<TurnServer> {
    const socket = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4')
    try {
      socket.bind(options.port, options.host)
      await once(socket, 'listening')
    } catch (error) {
      const where = `${options.host}:${options.port}/udp`
      throw new CodedError('LP_LISTEN', `cannot listen on ${where}`, { cause: error })
    }
    return new TurnServer(socket, options)
  }

  get port(): number {
    return this.#socket.address().port
  }

  get allocations(): number {
    return this.#allocations.size
  }

  /** What clients are told. */
  get iceServers(): IceServer[] {
    const { host } = this.#options
    const address = `${isIPv6(host) ? `[${host}]` : host}:${this.port}`
    const secret = { username: this.#username, credential: this.#credential }
    return [{ url: `stun:${address}` }, { url: `turn:${address}?transport=udp`, ...secret }]
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    for (const key of [...this.#allocations.keys()]) this.#release(key)
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }

  #receive(bytes: Buffer, from: SocketAddress): void {
    const first = bytes[0] ?? 0
    if (first >= 0x40 && first <= 0x4f) this.#channelData(bytes, from)
    if (!isStun(bytes)) return
    try {
      this.#message(bytes, parseStun(bytes), from)
    } catch (error) {
      // What cannot be read is not answered.
      if (!(error instanceof WireError)) throw error
    }
  }

  #message(bytes: Buffer, message: StunMessage, from: SocketAddress): void {
    if (message.class === StunClass.indication) {
      if (message.method === StunMethod.send) this.#sendIndication(message, from)
      return
    }
    if (message.class !== StunClass.request) return
    if (message.method === StunMethod.binding) {
      this.#answer(message, from, [
        { type: StunAttribute.xorMappedAddress, value: xorAddress(from, message.transaction) },
      ])
      return
    }
    const key = createHash('md5').update(`${this.#username}:${REALM}:${this.#credential}`).digest()
    const known = stunText(message, StunAttribute.username) === this.#username
    if (!known || !stunIntegrityHolds(bytes, message, key)) {
      this.#refuse(message, from, 401, 'Unauthorized', this.#challenge(from))
      return
    }
    if (stunText(message, StunAttribute.nonce) !== this.#nonceOf(from)) {
      this.#refuse(message, from, 438, 'Stale Nonce', this.#challenge(from))
      return
    }
    void this.#serve(message, from, key)
  }

  async #serve(message: StunMessage, from: SocketAddress, key: Buffer): Promise<void> {
    const { method } = message
    if (method === StunMethod.allocate) {
      await this.#allocate(message, from, key)
      return
    }
    const allocation = this.#allocations.get(keyOf(from))
    if (allocation === undefined) {
      this.#refuse(message, from, 437, 'Allocation Mismatch', [], key)
    } else if (method === StunMethod.refresh) {
      const seconds = this.#lifetime(message)
      if (seconds === 0) this.#release(keyOf(from))
      else allocation.expiresAt = nowMs() + seconds * 1000
      this.#answer(message, from, [lifetimeOf(seconds)], key)
    } else if (method === StunMethod.createPermission || method === StunMethod.channelBind) {
      this.#permit(message, allocation, key)
    } else {
      this.#refuse(message, from, 400, 'Bad Request', [], key)
    }
  }

  async #allocate(message: StunMessage, from: SocketAddress, key: Buffer): Promise<void> {
    const id = keyOf(from)
    if (this.#allocations.has(id)) {
      this.#refuse(message, from, 437, 'Allocation Mismatch', [], key)
      return
    }
    if (stunValue(message, StunAttribute.requestedTransport)?.[0] !== UDP) {
      this.#refuse(message, from, 442, 'Unsupported Transport Protocol', [], key)
      return
    }
    if (this.#allocations.size >= this.#limits.maxAllocations) {
      this.#refuse(message, from, 486, 'Allocation Quota Reached', [], key)
      return
    }
    const { host } = this.#options
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    const seconds = this.#lifetime(message)
    const expiresAt = nowMs() + seconds * 1000
    const allocation: Allocation = {
      client: from,
      socket,
      permissions: new Map(),
      channels: new Map(),
      expiresAt,
    }
    this.#allocations.set(id, allocation)
    socket.on('error', () => this.#release(id))
    socket.on('message', (bytes, peer) =>
      this.#toClient(allocation, bytes, { host: peer.address, port: peer.port }),
    )
    socket.bind(0, host)
    await once(socket, 'listening').catch(() => undefined)
    if (this.#allocations.get(id) !== allocation) return
    const relayed = { host, port: socket.address().port }
    const attributes = [
      { type: StunAttribute.xorRelayedAddress, value: xorAddress(relayed, message.transaction) },
      { type: StunAttribute.xorMappedAddress, value: xorAddress(from, message.transaction) },
      lifetimeOf(seconds),
    ]
    this.#answer(message, from, attributes, key)
  }

  #permit(message: StunMessage, allocation: Allocation, key: Buffer): void {
    const { client, permissions, channels } = allocation
    const peers = message.attributes
      .filter(({ type }) => type === StunAttribute.xorPeerAddress)
      .map(({ value }) => parseXorAddress(value, message.transaction))
    const channel = channelOf(message)
    const isBind = message.method === StunMethod.channelBind
    const [peer] = peers
    const bad = isBind && (channel === null || peers.length !== 1)
    const full = permissions.size + peers.length > this.#limits.maxPermissions
    if (peer === undefined || bad || full) {
      this.#refuse(message, client, 400, 'Bad Request', [], key)
      return
    }
    // An address without its port: a client asks for permission before it knows the port.
    for (const { host } of peers) permissions.set(host, nowMs() + PERMISSION_MS)
    if (isBind && channel !== null) channels.set(channel, peer)
    this.#answer(message, client, [], key)
  }

  #channelData(bytes: Buffer, from: SocketAddress): void {
    const allocation = this.#allocations.get(keyOf(from))
    if (allocation === undefined || bytes.length < 4) return
    const peer = allocation.channels.get(bytes.readUInt16BE(0))
    const length = bytes.readUInt16BE(2)
    if (peer && 4 + length <= bytes.length) {
      this.#toPeer(allocation, bytes.subarray(4, 4 + length), peer)
    }
  }

  #sendIndication(message: StunMessage, from: SocketAddress): void {
    const allocation = this.#allocations.get(keyOf(from))
    const to = stunValue(message, StunAttribute.xorPeerAddress)
    const data = stunValue(message, StunAttribute.data)
    if (!allocation || !to || !data) return
    this.#toPeer(allocation, data, parseXorAddress(to, message.transaction))
  }

  #toPeer(allocation: Allocation, data: Uint8Array, peer: SocketAddress): void {
    const until = allocation.permissions.get(peer.host) ?? 0
    if (until < nowMs() || !this.#options.mayReach(peer)) return
    this.relayed++
    allocation.socket.send(data, peer.port, peer.host, () => undefined)
  }

  #toClient(allocation: Allocation, data: Buffer, peer: SocketAddress): void {
    if ((allocation.permissions.get(peer.host) ?? 0) < nowMs()) return
    this.relayed++
    const { client, channels } = allocation
    const channel = [...channels].find(([, bound]) => keyOf(bound) === keyOf(peer))?.[0]
    if (channel !== undefined) {
      const header = Buffer.alloc(4)
      header.writeUInt16BE(channel, 0)
      header.writeUInt16BE(data.length, 2)
      this.#send(Buffer.concat([header, data]), client)
      return
    }
    const transaction = randomBytes(12)
    const attributes = [
      { type: StunAttribute.xorPeerAddress, value: xorAddress(peer, transaction) },
      { type: StunAttribute.data, value: data },
    ]
    const indication = { method: StunMethod.data, class: StunClass.indication }
    this.#send(buildStun({ ...indication, transaction, attributes }), client)
  }

  /** s */
  #lifetime(message: StunMessage): number {
    const value = stunValue(message, StunAttribute.lifetime)
    const { defaultLifetime, maxLifetime } = this.#limits
    const asked = value?.length === 4 ? Buffer.from(value).readUInt32BE() : defaultLifetime
    return asked === 0 ? 0 : Math.min(Math.max(asked, defaultLifetime), maxLifetime)
  }

  /** Bound to the address, so that it needs no memory. */
  #nonceOf(from: SocketAddress): string {
    return createHmac('sha256', this.#secret).update(keyOf(from)).digest('hex').slice(0, 32)
  }

  #challenge(from: SocketAddress): StunValue[] {
    return [
      { type: StunAttribute.realm, value: Buffer.from(REALM) },
      { type: StunAttribute.nonce, value: Buffer.from(this.#nonceOf(from)) },
    ]
  }

  #answer(
    message: StunMessage,
    to: SocketAddress,
    attributes: readonly StunValue[],
    key?: Buffer,
  ): void {
    const { method, transaction } = message
    const content = { method, class: StunClass.success, transaction, attributes }
    this.#send(buildStun(key === undefined ? content : { ...content, key }), to)
  }

  #refuse(
    message: StunMessage,
    to: SocketAddress,
    code: number,
    reason: string,
    more: readonly StunValue[],
    key?: Buffer,
  ): void {
    const { method, transaction } = message
    const attributes = [stunErrorCode(code, reason), ...more]
    const content = { method, class: StunClass.error, transaction, attributes }
    this.#send(buildStun(key === undefined ? content : { ...content, key }), to)
  }

  #send(bytes: Uint8Array, to: SocketAddress): void {
    this.#socket.send(bytes, to.port, to.host, () => undefined)
  }

  #expire(now: number): void {
    for (const [key, { expiresAt }] of this.#allocations) {
      if (expiresAt < now) this.#release(key)
    }
  }

  #release(key: string): void {
    const allocation = this.#allocations.get(key)
    if (allocation === undefined) return
    this.#allocations.delete(key)
    allocation.socket.close()
  }
}

function lifetimeOf(seconds: number): StunValue {
  const value = Buffer.alloc(4)
  value.writeUInt32BE(seconds)
  return { type: StunAttribute.lifetime, value }
}

function channelOf(message: StunMessage): number | null {
  const value = stunValue(message, StunAttribute.channelNumber)
  const channel = value === undefined ? 0 : ((value[0] ?? 0) << 8) | (value[1] ?? 0)
  return channel >= FIRST_CHANNEL && channel <= LAST_CHANNEL ? channel : null
}
