import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { EncoderError } from './encoder-error.ts'
import {
  ANSWER_TIMEOUT_MS,
  CONGESTED_BYTES,
  CONNECT_TIMEOUT_MS,
  MAX_SERVER_BYTES,
  STOP_TIMEOUT_MS,
} from './limits.ts'
import type { PathAhead } from './path-ahead.ts'
import { type PublisherEvent, type PublisherOptions, RtmpPublisher } from './rtmp-publisher.ts'

export interface RtmpAddress {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  readonly app: string
  readonly tcUrl: string
}

export interface ConnectionListener {
  /** The target's statuses, in order. */
  onStatus(status: string): void
  /** Bytes can be sent again. */
  onDrain(): void
  /** Once, after publishing began: the connection is gone. `refused` tells a status that forbids. */
  onClose(refused: EncoderError | null): void
}

/** The socket and the deadlines around an `RtmpPublisher`. */
export class RtmpConnection {
  readonly publisher: RtmpPublisher
  readonly #socket: Socket
  readonly #listener: ConnectionListener
  readonly #closed = Promise.withResolvers<void>()
  readonly #opened = Promise.withResolvers<void>()
  #deadline: NodeJS.Timeout | null = null
  #refused: EncoderError | null = null
  #failure: EncoderError | null = null
  #publishing = false
  #received = 0
  #ahead: PathAhead | null = null
  #toldCongested = false

  private constructor(socket: Socket, options: PublisherOptions, listener: ConnectionListener) {
    this.#socket = socket
    this.#listener = listener
    this.publisher = new RtmpPublisher(options)
    socket.setNoDelay(true)
    socket.on('data', (bytes) => {
      if (typeof bytes !== 'string') this.#receive(bytes)
    })
    socket.on('drain', () => listener.onDrain())
    socket.on('error', (error) => {
      this.#failure ??= new EncoderError('LP_ENCODER_CONNECT', error.message, null, {
        cause: error,
      })
    })
    socket.on('close', () => this.#close())
  }

  /**
   * Resolves once the target lets the encoder publish.
   * @throws EncoderError `LP_ENCODER_CONNECT`, `LP_ENCODER_TIMEOUT`, `LP_ENCODER_REFUSED`
   */
  static async open(
    address: RtmpAddress,
    options: PublisherOptions,
    listener: ConnectionListener,
    ca?: string,
    ahead?: PathAhead,
  ): Promise<RtmpConnection> {
    const { host, port, secure } = address
    const socket = secure
      ? connectTls({ host, port, ...(ca === undefined ? {} : { ca }) })
      : connectTcp({ host, port })
    const connection = new RtmpConnection(socket, options, listener)
    if (ahead && !secure) connection.#watch(ahead)
    connection.#expect(CONNECT_TIMEOUT_MS, 'the connection')
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      connection.#expect(ANSWER_TIMEOUT_MS, 'the handshake')
      socket.write(connection.publisher.start())
    })
    await connection.#opened.promise
    return connection
  }

  get congested(): boolean {
    const { writableLength, bytesWritten, localPort } = this.#socket
    const taken = localPort === undefined ? null : this.#ahead?.taken(localPort)
    const waiting = Math.max(writableLength, bytesWritten - (taken ?? bytesWritten))
    this.#toldCongested = waiting > CONGESTED_BYTES
    return this.#toldCongested
  }

  /** Counts as waiting what lies in the kernel before a link, too. */
  #watch(ahead: PathAhead): void {
    this.#ahead = ahead
    const stop = ahead.onTaken(() => {
      if (this.#toldCongested && !this.congested) this.#listener.onDrain()
    })
    this.#socket.once('close', stop)
  }

  /** Sends one message; false when nothing can be sent any more. */
  send(bytes: Uint8Array): boolean {
    if (!this.#socket.writable) return false
    this.#socket.write(bytes)
    return true
  }

  /** Says goodbye as the profile does, and closes; resolves once closed. */
  async stop(): Promise<void> {
    const goodbye = this.publisher.close()
    if (goodbye.length === 0) {
      this.#socket.destroy()
    } else {
      this.#socket.end(Buffer.concat(goodbye))
      this.#expect(STOP_TIMEOUT_MS, 'the close')
    }
    await this.#closed.promise
  }

  cut(): void {
    this.#socket.destroy()
  }

  #receive(bytes: Buffer): void {
    this.#received += bytes.length
    try {
      if (this.#received > MAX_SERVER_BYTES) throw new Error('the server sends too much')
      const { send, events } = this.publisher.push(bytes)
      if (send.length > 0 && this.#socket.writable) this.#socket.write(Buffer.concat(send))
      for (const event of events) this.#handle(event)
      if (!this.#publishing && !this.#socket.destroyed) {
        this.#expect(ANSWER_TIMEOUT_MS, "the server's next answer")
      }
    } catch (error) {
      this.#failure ??= new EncoderError('LP_ENCODER_CONNECT', String(error), null, {
        cause: error,
      })
      this.#socket.destroy()
    }
  }

  #handle(event: PublisherEvent): void {
    if (event.type === 'status') {
      this.#listener.onStatus(event.status)
    } else if (event.type === 'refused') {
      const text = `${event.status}: ${event.message}`
      this.#refused ??= new EncoderError('LP_ENCODER_REFUSED', text, event.status)
      this.#socket.destroy()
    } else {
      this.#publishing = true
      if (this.#deadline) clearTimeout(this.#deadline)
      this.#opened.resolve()
    }
  }

  #expect(ms: number, what: string): void {
    if (this.#deadline) clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      this.#failure ??= new EncoderError('LP_ENCODER_TIMEOUT', `${what} took more than ${ms} ms`)
      this.#socket.destroy()
    }, ms)
  }

  #close(): void {
    if (this.#deadline) clearTimeout(this.#deadline)
    this.#closed.resolve()
    if (this.#publishing) {
      this.#listener.onClose(this.#refused)
    } else {
      const lost = new EncoderError('LP_ENCODER_CONNECT', 'the target closed the connection')
      this.#opened.reject(this.#refused ?? this.#failure ?? lost)
    }
  }
}

/** Splits `rtmp://host:port/app` or `rtmps://…`. @throws TypeError for anything else */
export function parseRtmpUrl(url: string): RtmpAddress {
  const match = /^(rtmps?):\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?\/(.+)$/.exec(url)
  const [, scheme, host, port, app] = match ?? []
  if (!scheme || !host || !app) throw new TypeError(`not an RTMP address: ${url}`)
  const secure = scheme === 'rtmps'
  return {
    secure,
    host: host.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 443 : 1935,
    app,
    tcUrl: url,
  }
}
