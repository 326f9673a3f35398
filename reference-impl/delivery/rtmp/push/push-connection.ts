import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { nowMs } from '../../../clock.ts'
import { CodedError } from '../../../errors.ts'
import type { RtmpMessage } from '../../../wire/rtmp-messages.ts'
import { CONNECT_MS, LINGER_MS, PUBLISH_MS } from './limits.ts'
import { PushClient } from './push-client.ts'
import type { PushTarget } from './push-target.ts'

export interface PushListener {
  /** Media may be sent. */
  onPublishing(): void
  /** Once, last. Null for an end that we wanted. */
  onClose(error: Error | null): void
}

/** Socket and deadlines around a `PushClient`. */
export class PushConnection {
  readonly #client: PushClient
  readonly #socket: Socket
  readonly #listener: PushListener
  #deadline: NodeJS.Timeout
  #failure: Error | null = null
  #finished = false

  /** @param address the checked one; the target's name is only told to TLS */
  constructor(target: PushTarget, address: string, listener: PushListener) {
    this.#client = new PushClient(target, nowMs())
    this.#listener = listener
    const { port, host, secure } = target
    this.#socket = secure
      ? connectTls({ host: address, port, servername: host })
      : connectTcp({ host: address, port })
    this.#deadline = this.#expect(CONNECT_MS, 'the connection')
    this.#socket.setNoDelay(true)
    this.#socket.once(secure ? 'secureConnect' : 'connect', () => {
      this.#deadline = this.#expect(PUBLISH_MS, "the other server's consent")
      this.#socket.write(this.#client.start())
    })
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    this.#socket.on('error', (error) => {
      this.#failure ??= error
    })
    this.#socket.on('close', () => this.#close())
  }

  get streamId(): number {
    return this.#client.streamId
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  get sentBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength
  }

  send(messages: readonly RtmpMessage[]): void {
    if (this.#socket.writable && !this.#finished) this.#socket.write(this.#client.write(messages))
  }

  /** Says goodbye and closes. Idempotent. */
  finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.#deadline = this.#expect(LINGER_MS, 'the close')
    if (this.#client.streamId === 0) this.#socket.destroy()
    else this.#socket.end(this.#client.finish())
  }

  /** Breaks it off. */
  abort(error: Error): void {
    this.#failure ??= error
    this.#socket.destroy()
  }

  #receive(bytes: Buffer): void {
    if (this.#finished) return
    try {
      const { send, publishing } = this.#client.push(bytes)
      if (send.length > 0 && this.#socket.writable) this.#socket.write(send)
      if (!publishing) return
      clearTimeout(this.#deadline)
      this.#listener.onPublishing()
    } catch (error) {
      this.abort(error as Error)
      if (!(error instanceof CodedError)) console.error('push:', error)
    }
  }

  #expect(ms: number, what: string): NodeJS.Timeout {
    clearTimeout(this.#deadline)
    return setTimeout(
      () => this.abort(new CodedError('LP_PUSH_TIMEOUT', `${what} took more than ${ms} ms`)),
      ms,
    )
  }

  #close(): void {
    clearTimeout(this.#deadline)
    const lost = new CodedError('LP_PUSH_LOST', 'the other server closed the connection')
    this.#listener.onClose(this.#finished ? null : (this.#failure ?? lost))
  }
}
