import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { swarmNow } from './swarm-clock.ts'

/** Where a viewer goes; made once for each address. */
export interface Address {
  readonly url: URL
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** `host:port`, as requests name it. */
  readonly hostHeader: string
}

export function addressOf(text: string): Address {
  const url = new URL(text)
  const secure = url.protocol === 'wss:' || url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { url, host, port, secure, hostHeader: url.host }
}

export interface Receiver {
  connected(now: number): void
  /** Bytes of `chunk`, which is used again after the call; `now`: ms of the shared clock. */
  read(chunk: Buffer, from: number, to: number, now: number): void
  /** Called once, last, however it ended. */
  gone(reason: string): void
}

/** A socket that reads into a buffer shared by its whole thread, at most so fast. */
export class Connection {
  readonly #socket: Socket
  readonly #receiver: Receiver
  readonly #readRate: number
  #freeAt = 0
  #gone = false
  #reason = 'closed by the server'
  /** ms; when it last read something */
  heardAt: number
  /** ms; when it may read again; 0 while it reads */
  pausedUntil = 0

  constructor(address: Address, receiver: Receiver, buffer: Buffer, readRate: number) {
    this.#receiver = receiver
    this.#readRate = readRate
    this.heardAt = swarmNow()
    const onread = {
      buffer,
      callback: (count: number) => this.#read(buffer, count),
    }
    const { host, port } = address
    if (address.secure) {
      // Decrypted data come in buffers of their own.
      const secure = connectTls({ host, port, servername: host, ALPNProtocols: ['http/1.1'] })
      secure.on('data', (data: Buffer) => {
        if (!this.#read(data, data.length)) secure.pause()
      })
      secure.once('secureConnect', () => receiver.connected(swarmNow()))
      this.#socket = secure
    } else {
      this.#socket = connect({ host, port, onread, noDelay: true })
      this.#socket.once('connect', () => receiver.connected(swarmNow()))
    }
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason = error.code ?? error.message
    })
    this.#socket.on('end', () => this.#socket.end())
    this.#socket.once('close', () => this.#end(this.#reason))
  }

  get ended(): boolean {
    return this.#gone
  }

  write(data: string | Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(data)
  }

  /** Lets a slow reader go on. */
  resume(): void {
    this.pausedUntil = 0
    this.#socket.resume()
  }

  /** Cuts the connection; `gone` is called with `reason`. */
  cut(reason: string): void {
    this.#reason = reason
    this.#socket.destroy()
    this.#end(reason)
  }

  /** False: read no more for now. */
  #read(chunk: Buffer, count: number): boolean {
    if (this.#gone) return true
    const now = swarmNow()
    this.heardAt = now
    this.#receiver.read(chunk, 0, count, now)
    if (this.#readRate === Number.POSITIVE_INFINITY) return true
    this.#freeAt = Math.max(this.#freeAt, now) + (count / this.#readRate) * 1000
    this.pausedUntil = this.#freeAt
    return false
  }

  #end(reason: string): void {
    if (this.#gone) return
    this.#gone = true
    this.#receiver.gone(reason)
  }
}
