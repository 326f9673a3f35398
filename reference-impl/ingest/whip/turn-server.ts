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
  stunValue,
  xorAddress,
} from '../../wire/stun.ts'
import type { IceServer } from './ice-servers.ts'
import { keyOf } from './media-port.ts'
import { TurnAllocation } from './turn-allocation.ts'
import {
  channelOf,
  grantedLifetime,
  isChannelData,
  lifetimeOf,
  wantsUdp,
} from './turn-attributes.ts'
import { TurnCredentials } from './turn-credentials.ts'
import { DEFAULT_TURN_LIMITS, type TurnLimits } from './turn-limits.ts'

export interface TurnServerOptions {
  readonly host: string
  /** 0: chosen by the system. */
  readonly port: number
  readonly limits?: Partial<TurnLimits>
  /** Where relayed packets may go: the demo's relay reaches its own ingest and nothing else. */
  readonly mayReach: (peer: SocketAddress) => boolean
}

const SWEEP_MS = 1_000

/** Who asks, and what the answer is signed with. */
interface TurnClient {
  readonly from: SocketAddress
  readonly key: Buffer
}

/**
 * A STUN and TURN server (RFC 8489, RFC 8656) for the demo: UDP only, one user, and a relay that
 * reaches nothing but the reference's own ingest, so that it can be no open proxy.
 */
export class TurnServer {
  readonly #socket: Socket
  readonly #options: TurnServerOptions
  readonly #limits: TurnLimits
  readonly #credentials = new TurnCredentials()
  readonly #allocations = new Map<string, TurnAllocation>()
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

  /** At this port where it is free, at another where it is not. Throws `LP_LISTEN`. */
  static openNear(options: TurnServerOptions): Promise<TurnServer> {
    return TurnServer.open(options).catch(() => TurnServer.open({ ...options, port: 0 }))
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
    const { username, credential } = this.#credentials
    const url = `turn:${address}?transport=udp`
    return [{ url: `stun:${address}` }, { url, username, credential }]
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    for (const key of [...this.#allocations.keys()]) this.#release(key)
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }

  #receive(bytes: Buffer, from: SocketAddress): void {
    if (from.port === 0) return // forged: nothing can be sent there
    if (isChannelData(bytes)) this.#allocations.get(keyOf(from))?.channelData(bytes)
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
    const check = this.#credentials.check(bytes, message, from)
    if (typeof check === 'object') this.#serve(message, { from, key: check.key })
    else {
      const [code, reason] =
        check === 'wrong' ? ([401, 'Unauthorized'] as const) : ([438, 'Stale Nonce'] as const)
      const attributes = [stunErrorCode(code, reason), ...this.#credentials.challenge(from)]
      this.#send(message, StunClass.error, from, attributes)
    }
  }

  #serve(message: StunMessage, client: TurnClient): void {
    const { method } = message
    if (method === StunMethod.allocate) {
      void this.#allocate(message, client)
      return
    }
    const allocation = this.#allocations.get(keyOf(client.from))
    if (allocation === undefined) {
      this.#refuse(message, client, 437, 'Allocation Mismatch')
    } else if (method === StunMethod.refresh) {
      const seconds = grantedLifetime(message, this.#limits)
      if (seconds === 0) this.#release(keyOf(client.from))
      else allocation.expiresAt = nowMs() + seconds * 1000
      this.#grant(message, client, [lifetimeOf(seconds)])
    } else if (method === StunMethod.createPermission || method === StunMethod.channelBind) {
      this.#permit(message, client, allocation)
    } else {
      this.#refuse(message, client, 400, 'Bad Request')
    }
  }

  /** Never rejects. */
  async #allocate(message: StunMessage, client: TurnClient): Promise<void> {
    const { from } = client
    const id = keyOf(from)
    if (this.#allocations.has(id)) {
      this.#refuse(message, client, 437, 'Allocation Mismatch')
      return
    }
    if (!wantsUdp(message)) {
      this.#refuse(message, client, 442, 'Unsupported Transport Protocol')
      return
    }
    if (this.#allocations.size >= this.#limits.maxAllocations) {
      this.#refuse(message, client, 486, 'Allocation Quota Reached')
      return
    }
    const seconds = grantedLifetime(message, this.#limits)
    const allocation = new TurnAllocation({
      host: this.#options.host,
      limits: this.#limits,
      expiresAt: nowMs() + seconds * 1000,
      mayReach: this.#options.mayReach,
      toClient: (bytes) => this.#socket.send(bytes, from.port, from.host, () => undefined),
      onRelayed: () => {
        this.relayed++
      },
      onError: () => this.#release(id),
    })
    this.#allocations.set(id, allocation)
    const relayed = await allocation.bind()
    if (relayed === null || this.#allocations.get(id) !== allocation) return
    const { transaction } = message
    const attributes = [
      { type: StunAttribute.xorRelayedAddress, value: xorAddress(relayed, transaction) },
      { type: StunAttribute.xorMappedAddress, value: xorAddress(from, transaction) },
      lifetimeOf(seconds),
    ]
    this.#grant(message, client, attributes)
  }

  #permit(message: StunMessage, client: TurnClient, allocation: TurnAllocation): void {
    const peers = message.attributes
      .filter(({ type }) => type === StunAttribute.xorPeerAddress)
      .map(({ value }) => parseXorAddress(value, message.transaction))
    const isBind = message.method === StunMethod.channelBind
    const channel = isBind ? channelOf(message) : null
    const bad = peers.length === 0 || (isBind && (channel === null || peers.length !== 1))
    if (bad) this.#refuse(message, client, 400, 'Bad Request')
    else if (allocation.permit(peers, channel)) this.#grant(message, client, [])
    else this.#refuse(message, client, 508, 'Insufficient Capacity')
  }

  #sendIndication(message: StunMessage, from: SocketAddress): void {
    const allocation = this.#allocations.get(keyOf(from))
    const to = stunValue(message, StunAttribute.xorPeerAddress)
    const data = stunValue(message, StunAttribute.data)
    if (!allocation || !to || !data) return
    allocation.toPeer(data, parseXorAddress(to, message.transaction))
  }

  #answer(message: StunMessage, to: SocketAddress, attributes: readonly StunValue[]): void {
    this.#send(message, StunClass.success, to, attributes)
  }

  #grant(message: StunMessage, { from, key }: TurnClient, attributes: readonly StunValue[]): void {
    this.#send(message, StunClass.success, from, attributes, key)
  }

  #refuse(message: StunMessage, { from, key }: TurnClient, code: number, reason: string): void {
    this.#send(message, StunClass.error, from, [stunErrorCode(code, reason)], key)
  }

  #send(
    { method, transaction }: StunMessage,
    kind: number,
    to: SocketAddress,
    attributes: readonly StunValue[],
    key?: Buffer,
  ): void {
    const content = { method, class: kind, transaction, attributes }
    const bytes = buildStun(key === undefined ? content : { ...content, key })
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
    allocation.close()
  }
}
