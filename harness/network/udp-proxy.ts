import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { kernelDrops } from './kernel-drops.ts'
import { MAX_PENDING_DATAGRAMS, MAX_UDP_PEERS, UDP_BUFFER_BYTES } from './limits.ts'
import type { HostPort, LinkProxy, ProxyOptions } from './link-proxy.ts'

/** Bytes of IP and UDP in front of a datagram. */
const IPV4_HEADER_BYTES = 28
const IPV6_HEADER_BYTES = 48

interface Peer {
  readonly address: string
  readonly port: number
  back: Socket
  ready: boolean
  pending: Uint8Array[]
  lastAt: number
}

/**
 * Listens for datagrams and puts the link between them and `to`. Every peer gets a socket of its
 * own towards `to`, so the server sees as many addresses as there are peers and each gets its own
 * answers back.
 */
export class UdpProxy implements LinkProxy {
  /** Datagrams that a socket refused to send, and ports that were closed (ICMP). */
  sendErrors = 0
  readonly #options: ProxyOptions
  readonly #front: Socket
  readonly #peers = new Map<string, Peer>()
  readonly #headerBytes: number
  #goneDrops = 0
  #closed = false

  private constructor(options: ProxyOptions) {
    this.#options = options
    this.#headerBytes = isIPv6(options.to.host) ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES
    this.#front = udpSocket(options.listen.host)
    this.#front.on('message', (data, from) => this.#fromClient(data, from))
  }

  static async open(options: ProxyOptions): Promise<UdpProxy> {
    const proxy = new UdpProxy(options)
    // With an address that needs no looking up it may listen before bind returns.
    const listening = once(proxy.#front, 'listening')
    proxy.#front.bind(options.listen.port, options.listen.host)
    await listening
    proxy.#front.on('error', () => {
      proxy.sendErrors++
    })
    return proxy
  }

  get address(): HostPort {
    return { host: this.#options.listen.host, port: this.#front.address().port }
  }

  get peers(): number {
    return this.#peers.size
  }

  /** Ports from which the server sees the peers. */
  get sourcePorts(): number[] {
    return [...this.#peers.values()].flatMap(({ back, ready }) =>
      ready ? [back.address().port] : [],
    )
  }

  /** Datagrams that the kernel threw away because a socket's buffer was full; null where unknown. */
  get kernelDrops(): number | null {
    const drops = kernelDrops([this.address.port, ...this.sourcePorts])
    return drops === null ? null : drops + this.#goneDrops
  }

  /** As a NAT that forgot its mapping: every peer gets a new source port, the old ones are gone. */
  rebind(): void {
    for (const peer of this.#peers.values()) {
      this.#forget(peer)
      peer.back = this.#openBack(peer)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const peer of this.#peers.values()) this.#forget(peer)
    this.#peers.clear()
    const closed = once(this.#front, 'close')
    this.#front.close()
    await closed
  }

  #fromClient(data: Buffer, from: RemoteInfo): void {
    const { model, driver, punctuality } = this.#options
    driver.enter((now) => {
      const peer = this.#peerOf(from, now)
      const deliver = (at: number, corruptAt: number | null) => {
        punctuality.delivered(at, driver.now())
        this.#toServer(peer, corruptAt === null ? data : flipBit(data, corruptAt))
      }
      model.up.offer(now, data.length + this.#headerBytes, { deliver })
    })
  }

  #fromServer(peer: Peer, data: Buffer): void {
    const { model, driver, punctuality } = this.#options
    driver.enter((now) => {
      const deliver = (at: number, corruptAt: number | null) => {
        punctuality.delivered(at, driver.now())
        if (this.#closed) return
        const sent = corruptAt === null ? data : flipBit(data, corruptAt)
        this.#front.send(sent, peer.port, peer.address, this.#onSent)
      }
      model.down.offer(now, data.length + this.#headerBytes, { deliver })
    })
  }

  #toServer(peer: Peer, data: Uint8Array): void {
    if (this.#closed) return
    if (peer.ready) peer.back.send(data, this.#onSent)
    else if (peer.pending.length < MAX_PENDING_DATAGRAMS) peer.pending.push(data)
    else this.sendErrors++
  }

  readonly #onSent = (error: Error | null): void => {
    if (error) this.sendErrors++
  }

  #peerOf({ address, port }: RemoteInfo, now: number): Peer {
    const name = `${address}:${port}`
    const known = this.#peers.get(name)
    if (known) {
      known.lastAt = now
      return known
    }
    if (this.#peers.size >= MAX_UDP_PEERS) this.#forgetOldest()
    const peer = { address, port, ready: false, pending: [], lastAt: now } as unknown as Peer
    peer.back = this.#openBack(peer)
    this.#peers.set(name, peer)
    return peer
  }

  #openBack(peer: Peer): Socket {
    const { to } = this.#options
    const back = udpSocket(to.host)
    peer.ready = false
    back.on('error', () => {
      this.sendErrors++
    })
    back.on('message', (data) => this.#fromServer(peer, data))
    back.once('connect', () => {
      if (peer.back !== back) return
      peer.ready = true
      for (const data of peer.pending.splice(0)) back.send(data, this.#onSent)
    })
    back.connect(to.port, to.host)
    return back
  }

  #forgetOldest(): void {
    let oldest: [string, Peer] | null = null
    for (const entry of this.#peers)
      if (!oldest || entry[1].lastAt < oldest[1].lastAt) oldest = entry
    if (!oldest) return
    this.#peers.delete(oldest[0])
    this.#forget(oldest[1])
  }

  #forget({ back, ready }: Peer): void {
    if (ready) this.#goneDrops += kernelDrops([back.address().port]) ?? 0
    back.removeAllListeners('message')
    // A socket that is still connecting closes as soon as it can.
    try {
      back.close()
    } catch {
      back.once('connect', () => back.close())
    }
  }
}

function udpSocket(host: string): Socket {
  const type = isIPv6(host) ? 'udp6' : 'udp4'
  return createSocket({
    type,
    recvBufferSize: UDP_BUFFER_BYTES,
    sendBufferSize: UDP_BUFFER_BYTES,
    // Addresses are given as they are; looking them up costs a turn of the event loop for each send.
    lookup: (address, _options, done) => done(null, address, type === 'udp6' ? 6 : 4),
  })
}

function flipBit(data: Buffer, place: number): Buffer {
  if (data.length === 0) return data
  const copy = Buffer.from(data)
  const bit = Math.floor(place * data.length * 8)
  copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7))
  return copy
}
