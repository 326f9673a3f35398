import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { nowMs } from '../measure/clock.ts'
import type { HostPort } from '../network/link-proxy.ts'
import { MAX_CALLERS, MAX_PENDING_DATAGRAMS, UDP_BUFFER_BYTES } from './limits.ts'
import type { Tap, TapOptions } from './tap.ts'

interface Caller {
  readonly number: number
  readonly back: Socket
  readonly pending: Buffer[]
  ready: boolean
}

/** Each caller gets a socket of its own towards the ingest, so that it gets its own answers back. */
export class UdpTap implements Tap {
  readonly #options: TapOptions
  readonly #fronts: Socket[] = []
  readonly #callers = new Map<string, Caller>()
  #numbered = 0
  #closed = false

  constructor(options: TapOptions) {
    this.#options = options
  }

  async listen({ host, port }: HostPort): Promise<HostPort> {
    const front = udpSocket(host)
    this.#fronts.push(front)
    const listening = once(front, 'listening')
    front.bind(port, host)
    await listening
    front.on('error', () => {})
    front.on('message', (bytes, from) => this.#fromCaller(front, bytes, from))
    return { host, port: front.address().port }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const socket of [...this.#fronts, ...this.#backs()]) {
      // One that is not bound yet cannot be closed, and is gone with the process.
      try {
        socket.close()
      } catch {}
    }
  }

  #backs(): Socket[] {
    return [...this.#callers.values()].map(({ back }) => back)
  }

  #fromCaller(front: Socket, bytes: Buffer, from: RemoteInfo): void {
    const caller = this.#callerAt(front, from)
    if (caller === null || this.#closed) return
    this.#options.onPassed({ caller: caller.number, way: 'up', at: nowMs(), bytes })
    if (caller.ready) caller.back.send(bytes, () => {})
    else if (caller.pending.length < MAX_PENDING_DATAGRAMS) caller.pending.push(bytes)
  }

  #callerAt(front: Socket, { address, port }: RemoteInfo): Caller | null {
    const name = `${address} ${port}`
    const known = this.#callers.get(name)
    if (known) {
      // The one that called the longest ago stands first, and is forgotten first.
      this.#callers.delete(name)
      this.#callers.set(name, known)
      return known
    }
    if (this.#callers.size >= MAX_CALLERS) this.#forgetFirst()
    const { to } = this.#options
    const back = udpSocket(to.host)
    const caller: Caller = { number: this.#numbered++, back, pending: [], ready: false }
    this.#callers.set(name, caller)
    back.on('error', () => {})
    back.on('message', (bytes) => {
      if (this.#closed) return
      this.#options.onPassed({ caller: caller.number, way: 'down', at: nowMs(), bytes })
      front.send(bytes, port, address, () => {})
    })
    back.once('connect', () => {
      caller.ready = true
      for (const bytes of caller.pending.splice(0)) back.send(bytes, () => {})
    })
    back.connect(to.port, to.host)
    return caller
  }

  #forgetFirst(): void {
    const [first] = this.#callers
    if (first === undefined) return
    this.#callers.delete(first[0])
    first[1].back.removeAllListeners('message')
    if (first[1].ready) first[1].back.close()
  }
}

function udpSocket(host: string): Socket {
  const type = isIPv6(host) ? 'udp6' : 'udp4'
  return createSocket({ type, recvBufferSize: UDP_BUFFER_BYTES, sendBufferSize: UDP_BUFFER_BYTES })
}
