import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import {
  SrtCaller,
  type SrtCallerEvent,
  type SrtCallerOptions,
} from '../../reference-impl/wire/srt-caller.ts'
import { nowMs } from '../measure/clock.ts'

export interface CallerSocketOptions extends Omit<SrtCallerOptions, 'now'> {
  readonly host: string
  readonly port: number
  readonly onEvent: (event: SrtCallerEvent) => void
}

const RECV_BUFFER_BYTES = 1024 * 1024

/** The socket and the timer around an `SrtCaller`. */
export class SrtCallerSocket {
  readonly caller: SrtCaller
  readonly #options: CallerSocketOptions
  readonly #socket: Socket
  #timer: NodeJS.Timeout | undefined
  #armedFor = Number.POSITIVE_INFINITY
  #closed = false

  /** Calls at once; `onEvent` tells how it went. */
  constructor(options: CallerSocketOptions) {
    this.#options = options
    this.caller = new SrtCaller({ ...options, now: nowMs() })
    const type = isIPv6(options.host) ? 'udp6' : 'udp4'
    this.#socket = createSocket({ type, recvBufferSize: RECV_BUFFER_BYTES })
    this.#socket.on('error', () => undefined)
    this.#socket.on('message', (bytes) => {
      if (this.#closed) return
      this.caller.receive(bytes, nowMs())
      this.#flush()
    })
    this.#flush()
  }

  /** One payload of whole transport packets; false when it cannot be sent now. */
  send(payload: Uint8Array): boolean {
    if (this.#closed) return false
    const sent = this.caller.send(payload, nowMs())
    this.#flush()
    return sent
  }

  /** Says goodbye and closes. Idempotent. */
  async shutdown(): Promise<void> {
    if (this.#closed) return
    this.caller.shutdown(nowMs())
    this.#flush()
    await this.close()
  }

  /** Vanishes without a word. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    await new Promise<void>((resolve) => {
      setImmediate(() => this.#socket.close(() => resolve()))
    })
  }

  #flush(): void {
    const { host, port, onEvent } = this.#options
    for (const packet of this.caller.takePackets()) {
      this.#socket.send(packet, port, host, () => undefined)
    }
    for (const event of this.caller.takeEvents()) onEvent(event)
    this.#arm()
  }

  #arm(): void {
    const { deadline } = this.caller
    if (this.#closed || deadline >= this.#armedFor) return
    clearTimeout(this.#timer)
    this.#armedFor = deadline
    this.#timer = setTimeout(
      () => {
        this.#armedFor = Number.POSITIVE_INFINITY
        if (this.#closed) return
        this.caller.tick(nowMs())
        this.#flush()
      },
      Math.max(0, Math.ceil(deadline - nowMs())),
    )
  }
}
