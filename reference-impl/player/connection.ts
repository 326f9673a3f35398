import type { Message } from '../delivery/h5live/messages.ts'
import { retryDelay } from './backoff.ts'
import type { ReconnectSettings } from './settings.ts'

export interface ConnectionEvents {
  connecting(): void
  connected(): void
  text(message: Message): void
  media(bytes: ArrayBuffer): void
  /** A retry follows after `delay` seconds, unless that is undefined. */
  lost(code: number, message: string, delay: number | undefined): void
}

/** Codes after which a retry cannot help: malformed request, access denied. */
const FINAL_CODES = new Set([4400, 4403])

/** The WebSocket to the server, opened again with growing delays when it is lost. */
export class Connection {
  #url: string
  readonly #settings: ReconnectSettings
  readonly #events: ConnectionEvents
  #socket: WebSocket | undefined
  #retries = 0
  #timer: number | undefined
  #told: { readonly code: number; readonly message: string } | undefined

  constructor(url: string, settings: ReconnectSettings, events: ConnectionEvents) {
    this.#url = url
    this.#settings = settings
    this.#events = events
  }

  open(): void {
    this.close()
    this.#told = undefined
    this.#events.connecting()
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#events.connected()
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#receive(event.data)
    socket.onclose = (event) => this.#closed(event)
  }

  /** Where to connect from now on. */
  redirect(url: string): void {
    this.#url = url
  }

  send(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  close(): void {
    window.clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    if (socket === undefined) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      this.#retries = 0
      this.#events.media(data)
      return
    }
    const message = JSON.parse(data) as Message
    if (message.type === 'status' && message.data.code !== undefined) {
      this.#told = { code: message.data.code, message: message.data.message }
    }
    this.#events.text(message)
  }

  #closed(event: CloseEvent): void {
    this.#socket = undefined
    const { code, message } = this.#told ?? closeAsError(event)
    this.#retries += 1
    const delay = FINAL_CODES.has(code) ? undefined : retryDelay(this.#retries, this.#settings)
    // Before it is told: whoever hears of it may close the connection for good.
    if (delay !== undefined) this.#timer = window.setTimeout(() => this.open(), delay * 1000)
    this.#events.lost(code, message, delay)
  }
}

/** Player codes 41NN mirror close codes 10NN. */
function closeAsError(event: CloseEvent): { code: number; message: string } {
  const code = event.code >= 1001 && event.code <= 1015 ? event.code + 3100 : 4002
  const reason = event.reason === '' ? '' : `: ${event.reason}`
  return { code, message: `The connection closed with ${event.code}${reason}.` }
}
