import { WebSocket } from 'ws'
import type { Message, StatusMessage } from '../messages.ts'

/** A viewer that keeps what it gets. */
export class TestViewer {
  readonly socket: WebSocket
  /** Texts and media in order of arrival. */
  readonly received: (Message | Buffer)[] = []
  closed: { readonly code: number; readonly reason: string } | undefined
  readonly #waiting = new Set<() => void>()

  constructor(url: string) {
    this.socket = new WebSocket(url)
    this.socket.on('message', (data: Buffer, binary: boolean) => {
      this.received.push(binary ? data : (JSON.parse(data.toString()) as Message))
      this.#wake()
    })
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
      this.#wake()
    })
    this.socket.on('error', () => {})
  }

  get texts(): readonly Message[] {
    return this.received.filter((one): one is Message => !Buffer.isBuffer(one))
  }

  get media(): readonly Buffer[] {
    return this.received.filter((one): one is Buffer => Buffer.isBuffer(one))
  }

  get statuses(): readonly StatusMessage['data'][] {
    return this.texts.filter((one) => one.type === 'status').map((one) => one.data)
  }

  /** Resolves once the condition holds, looked at after each event; rejects after `ms`. */
  until(condition: (viewer: TestViewer) => boolean, ms = 5000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(deadline)
        this.#waiting.delete(look)
        settle()
      }
      const look = () => {
        if (condition(this)) finish(resolve)
      }
      const deadline = setTimeout(
        () => finish(() => reject(new Error(`not within ${ms} ms: ${condition}`))),
        ms,
      )
      this.#waiting.add(look)
      look()
    })
  }

  untilClosed(ms = 5000): Promise<void> {
    return this.until((viewer) => viewer.closed !== undefined, ms)
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return
    const gone = new Promise((resolve) => this.socket.once('close', resolve))
    this.socket.terminate()
    await gone
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }
}
