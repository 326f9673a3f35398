import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, isIPv6, type Server, type Socket } from 'node:net'
import {
  CLOSE_DEADLINE_MS,
  MAX_TCP_CONNECTIONS,
  MAX_UDP_PEERS,
  UDP_BUFFER_BYTES,
} from '../limits.ts'
import type { Protocol } from '../link.ts'
import type { HostPort } from '../link-proxy.ts'
import { readDatagrams, writeDatagram } from './datagram-frames.ts'
import { joinSockets } from './join-sockets.ts'
import type { KernelPath } from './kernel-path.ts'

export interface KernelDoorsOptions {
  readonly path: KernelPath
  readonly protocol: Protocol
  readonly to: HostPort
  readonly listen: HostPort
}

/** Where clients enter a path through the kernel, and where it leaves towards one server. */
export class KernelDoors {
  readonly address: HostPort
  readonly #options: KernelDoorsOptions
  /** Both doors' servers and sockets, to be closed. */
  readonly #listening: (Server | UdpSocket)[] = []
  /** Pairs that were joined, of TCP. */
  readonly #joined = new Set<readonly [Socket, Socket]>()
  readonly #inside = new Set<Socket>()
  /** How each client of UDP gets a new source port. */
  readonly #rebinds = new Set<() => void>()

  private constructor(options: KernelDoorsOptions, address: HostPort) {
    this.#options = options
    this.address = address
  }

  static async open(options: KernelDoorsOptions): Promise<KernelDoors> {
    const { path, protocol, listen } = options
    const far = createServer({ allowHalfOpen: true })
    far.listen(path.nextFarPath)
    await once(far, 'listening')
    const { near } = await path.carry(protocol)
    const door =
      protocol === 'tcp' ? createServer({ allowHalfOpen: true, noDelay: true }) : udp(listen.host)
    if ('listen' in door) door.listen(listen.port, listen.host)
    else door.bind(listen.port, listen.host)
    await once(door, 'listening')
    const { port } = door.address() as AddressInfo
    const doors = new KernelDoors(options, { host: listen.host, port })
    doors.#listening.push(far, door)
    far.on('error', () => {}).on('connection', (inside) => doors.#leave(inside))
    door.on('error', () => {})
    if ('listen' in door) door.on('connection', (client: Socket) => doors.#enter(client, near))
    else doors.#receive(door, near)
    return doors
  }

  get open(): number {
    return this.#options.protocol === 'tcp' ? this.#joined.size / 2 : this.#rebinds.size
  }

  reset(): void {
    for (const [socket, inside] of this.#joined) {
      socket.resetAndDestroy()
      inside.destroy()
    }
  }

  /** Nothing more is read, on either side, of what is open now. */
  halfOpen(on: boolean): void {
    for (const [socket, inside] of this.#joined) {
      if (on) {
        socket.unpipe(inside)
        inside.unpipe(socket)
      } else {
        socket.pipe(inside)
        inside.pipe(socket)
      }
    }
  }

  rebind(): void {
    for (const again of this.#rebinds) again()
  }

  async close(): Promise<void> {
    for (const pair of this.#joined) for (const socket of pair) socket.destroy()
    for (const socket of this.#inside) socket.destroy()
    for (const door of this.#listening) {
      const closed = once(door, 'close', { signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) })
      door.close()
      await closed.catch(() => {})
    }
  }

  #enter(client: Socket, near: string): void {
    if (this.#joined.size >= 2 * MAX_TCP_CONNECTIONS) {
      client.on('error', () => {})
      client.resetAndDestroy()
    } else this.#join(client, connect({ path: near, allowHalfOpen: true }))
  }

  #leave(inside: Socket): void {
    const { protocol, to } = this.#options
    if (protocol === 'tcp')
      this.#join(connect({ ...to, allowHalfOpen: true, noDelay: true }), inside)
    else this.#send(inside)
  }

  #join(socket: Socket, inside: Socket): void {
    const pair = [socket, inside] as const
    this.#joined.add(pair)
    socket.once('close', () => this.#joined.delete(pair))
    joinSockets(socket, inside)
  }

  #receive(door: UdpSocket, near: string): void {
    const clients = new Map<string, Socket>()
    door.on('message', (datagram, { address, port }) => {
      const key = `${address} ${port}`
      let inside = clients.get(key)
      if (!inside) {
        if (clients.size >= MAX_UDP_PEERS) return
        inside = this.#remember(connect({ path: near }))
        clients.set(key, inside)
        inside.once('close', () => clients.delete(key))
        readDatagrams(inside, (back) => door.send(back, port, address, () => {}))
      }
      writeDatagram(inside, datagram)
    })
  }

  #send(inside: Socket): void {
    const { to } = this.#options
    this.#remember(inside)
    let socket: UdpSocket
    const open = () => {
      socket = udp(to.host)
      socket.on('error', () => {})
      socket.on('message', (back) => writeDatagram(inside, back))
    }
    const again = () => {
      socket.close()
      open()
    }
    open()
    readDatagrams(inside, (datagram) => socket.send(datagram, to.port, to.host, () => {}))
    this.#rebinds.add(again)
    inside.once('close', () => {
      this.#rebinds.delete(again)
      socket.close()
    })
  }

  #remember(inside: Socket): Socket {
    this.#inside.add(inside)
    inside.on('error', () => {})
    inside.once('close', () => this.#inside.delete(inside))
    return inside
  }
}

function udp(host: string): UdpSocket {
  return createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: UDP_BUFFER_BYTES,
    sendBufferSize: UDP_BUFFER_BYTES,
  })
}
