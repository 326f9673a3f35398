import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { CodedError } from '../../errors.ts'
import { isStun, type SocketAddress, type StunMessage } from '../../wire/stun.ts'
import { localUfragOf, readStun } from './ice-lite.ts'
import { RECEIVE_BUFFER_BYTES } from './limits.ts'

/** Whoever takes the datagrams of one session. */
export interface MediaPeer {
  /** A STUN message with one of its username fragments; true when the peer may send from there. */
  stun(bytes: Buffer, message: StunMessage, from: SocketAddress): boolean
  /** DTLS or SRTP from an address that was shown to be the peer's. */
  datagram(bytes: Buffer, from: SocketAddress): void
}

export interface MediaPortStats {
  datagrams: number
  /** From nobody that is known. */
  strays: number
}

/**
 * One UDP port for all sessions: ICE checks find theirs by username fragment, everything else by
 * the address that a check made known.
 */
export class MediaPort {
  readonly host: string
  readonly stats: MediaPortStats = { datagrams: 0, strays: 0 }
  readonly #socket: Socket
  readonly #byUfrag = new Map<string, MediaPeer>()
  readonly #byAddress = new Map<string, MediaPeer>()

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.host = host
    socket.on('message', (bytes, from) =>
      this.#receive(bytes, { host: from.address, port: from.port }),
    )
    // An error of the socket after this must not end the process.
    socket.on('error', () => undefined)
  }

  /** Throws `LP_LISTEN`. */
  static async open(host: string, port: number): Promise<MediaPort> {
    const type = isIPv6(host) ? 'udp6' : 'udp4'
    const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES })
    try {
      socket.bind(port, host)
      await once(socket, 'listening')
    } catch (error) {
      throw new CodedError('LP_LISTEN', `cannot listen on ${host}:${port}/udp`, { cause: error })
    }
    return new MediaPort(socket, host)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Username fragments that are listened for. */
  get ufrags(): number {
    return this.#byUfrag.size
  }

  /** The host candidate (RFC 8839 §5.1); component 1 carries RTCP too. */
  get candidates(): string[] {
    return [`1 1 udp 2130706431 ${this.host} ${this.port} typ host`]
  }

  listen(ufrags: readonly string[], peer: MediaPeer): void {
    for (const ufrag of ufrags) this.#byUfrag.set(ufrag, peer)
  }

  forget(ufrags: readonly string[], addresses: Iterable<SocketAddress> = []): void {
    for (const ufrag of ufrags) this.#byUfrag.delete(ufrag)
    for (const address of addresses) this.#byAddress.delete(keyOf(address))
  }

  send(bytes: Uint8Array, to: SocketAddress): void {
    this.#socket.send(bytes, to.port, to.host, () => undefined)
  }

  async close(): Promise<void> {
    this.#byUfrag.clear()
    this.#byAddress.clear()
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }

  #receive(bytes: Buffer, from: SocketAddress): void {
    if (from.port === 0) return // forged: nothing can be sent there
    this.stats.datagrams++
    if (isStun(bytes)) {
      const message = readStun(bytes)
      const peer = message && this.#byUfrag.get(localUfragOf(message))
      if (message && peer?.stun(bytes, message, from)) this.#byAddress.set(keyOf(from), peer)
      else if (!peer) this.stats.strays++
      return
    }
    const peer = this.#byAddress.get(keyOf(from))
    if (peer) peer.datagram(bytes, from)
    else this.stats.strays++
  }
}

export function keyOf({ host, port }: SocketAddress): string {
  return `${host} ${port}`
}
