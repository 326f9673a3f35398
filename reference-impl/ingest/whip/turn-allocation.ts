import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { nowMs } from '../../clock.ts'
import {
  buildStun,
  type SocketAddress,
  StunAttribute,
  StunClass,
  StunMethod,
  xorAddress,
} from '../../wire/stun.ts'
import { keyOf } from './media-port.ts'
import type { TurnLimits } from './turn-limits.ts'

const PERMISSION_MS = 300_000

export interface AllocationOptions {
  readonly host: string
  readonly limits: TurnLimits
  /** ms, machine's monotonic clock */
  readonly expiresAt: number
  readonly mayReach: (peer: SocketAddress) => boolean
  readonly toClient: (bytes: Buffer) => void
  /** A datagram was passed on. */
  readonly onRelayed: () => void
  /** Its socket broke. */
  readonly onError: () => void
}

/** A relayed address of one client, and the peers that it may exchange datagrams with. */
export class TurnAllocation {
  expiresAt: number
  readonly #options: AllocationOptions
  readonly #socket: Socket
  /** ms until which, by host. */
  readonly #permissions = new Map<string, number>()
  readonly #channels = new Map<number, SocketAddress>()

  constructor(options: AllocationOptions) {
    this.#options = options
    this.expiresAt = options.expiresAt
    this.#socket = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4')
    this.#socket.on('error', options.onError)
    this.#socket.on('message', (bytes, peer) =>
      this.#fromPeer(bytes, { host: peer.address, port: peer.port }),
    )
  }

  /** Resolves with the relayed address; null when the socket was closed before. */
  async bind(): Promise<SocketAddress | null> {
    const { host } = this.#options
    try {
      this.#socket.bind(0, host)
      await once(this.#socket, 'listening')
      return { host, port: this.#socket.address().port }
    } catch {
      return null
    }
  }

  close(): void {
    this.#socket.close()
  }

  /** Lets datagrams pass to and from these hosts; false when there are too many. */
  permit(peers: readonly SocketAddress[], channel: number | null): boolean {
    const { maxPermissions } = this.#options.limits
    const now = nowMs()
    for (const [host, until] of this.#permissions) if (until < now) this.#permissions.delete(host)
    const added = new Set(peers.map(({ host }) => host)).difference(this.#permissions)
    const [peer] = peers
    const bound = channel === null || this.#channels.has(channel) ? 0 : 1
    if (this.#permissions.size + added.size > maxPermissions) return false
    if (this.#channels.size + bound > maxPermissions) return false
    // An address without its port: a client asks for permission before it knows the port.
    for (const { host } of peers) this.#permissions.set(host, now + PERMISSION_MS)
    if (channel !== null && peer !== undefined) this.#channels.set(channel, peer)
    return true
  }

  /** ChannelData (RFC 8656 §12.4) of the client's. */
  channelData(bytes: Buffer): void {
    if (bytes.length < 4) return
    const peer = this.#channels.get(bytes.readUInt16BE(0))
    const length = bytes.readUInt16BE(2)
    if (peer && 4 + length <= bytes.length) this.toPeer(bytes.subarray(4, 4 + length), peer)
  }

  toPeer(data: Uint8Array, peer: SocketAddress): void {
    // Nothing can be sent to port 0.
    if (peer.port === 0 || !this.#permitted(peer) || !this.#options.mayReach(peer)) return
    this.#options.onRelayed()
    this.#socket.send(data, peer.port, peer.host, () => undefined)
  }

  #permitted({ host }: SocketAddress): boolean {
    return (this.#permissions.get(host) ?? 0) >= nowMs()
  }

  #fromPeer(data: Buffer, peer: SocketAddress): void {
    if (!this.#permitted(peer)) return
    const { toClient, onRelayed } = this.#options
    onRelayed()
    const channel = [...this.#channels].find(([, bound]) => keyOf(bound) === keyOf(peer))?.[0]
    if (channel !== undefined) {
      const header = Buffer.alloc(4)
      header.writeUInt16BE(channel, 0)
      header.writeUInt16BE(data.length, 2)
      toClient(Buffer.concat([header, data]))
      return
    }
    const transaction = randomBytes(12)
    const attributes = [
      { type: StunAttribute.xorPeerAddress, value: xorAddress(peer, transaction) },
      { type: StunAttribute.data, value: data },
    ]
    const indication = { method: StunMethod.data, class: StunClass.indication }
    toClient(buildStun({ ...indication, transaction, attributes }))
  }
}
