import { WebSocket } from 'ws'
import { nowMs } from '../clock.ts'
import { CodedError } from '../errors.ts'
import {
  type EdgeHello,
  type EdgeLoad,
  type EdgeMessage,
  type OriginWelcome,
  readOriginMessage,
} from './control-message.ts'
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_MS, MAX_CONTROL_BYTES, OPENING_MS } from './limits.ts'
import type { OriginAccess } from './origin-access.ts'
import { reconnectDelay } from './reconnect-delay.ts'

export interface EdgeControlOptions {
  readonly origin: OriginAccess
  readonly hello: Omit<EdgeHello, 'type' | 'schema'>
  readonly load: () => EdgeLoad
  /** Called at each welcome: the origin is there, again perhaps. */
  readonly onWelcome: () => void
}

/** An edge's presence at its origin: says that it lives, and notices when the origin does not. */
export class EdgeControl {
  readonly #options: EdgeControlOptions
  readonly #first = Promise.withResolvers<void>()
  #ws: WebSocket | undefined
  #welcome: OriginWelcome | undefined
  #connected = false
  #heardAt = 0
  #saidAt = 0
  #retry: NodeJS.Timeout | undefined
  #closed = false
  #failed = 0

  constructor(options: EdgeControlOptions) {
    this.#options = options
    this.#first.promise.catch(() => {})
    this.#connect()
  }

  /**
   * Resolves when the origin has said welcome for the first time; rejects when it does not know
   * the secret. @throws CodedError `LP_EDGE_REFUSED`
   */
  get welcomed(): Promise<void> {
    return this.#first.promise
  }

  /** What the origin said last; undefined before the first welcome. */
  get welcome(): OriginWelcome | undefined {
    return this.#welcome
  }

  /** The origin is there now. */
  get connected(): boolean {
    return this.#connected
  }

  /** Looks at the deadlines, and says that it lives. `now`: ms */
  tick(now: number): void {
    if (!this.#connected) return
    if (now - this.#heardAt > HEARTBEAT_DEADLINE_MS) {
      this.#ws?.terminate()
    } else if (now - this.#saidAt >= HEARTBEAT_MS) {
      this.#saidAt = now
      this.#say({ type: 'heartbeat', ...this.#options.load() })
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#ws?.terminate()
  }

  #connect(): void {
    const { origin, hello } = this.#options
    const ws = new WebSocket(`${origin.websocket}/edge`, {
      headers: { authorization: `Bearer ${origin.secret}` },
      handshakeTimeout: OPENING_MS,
      maxPayload: MAX_CONTROL_BYTES,
      perMessageDeflate: false,
    })
    this.#ws = ws
    const opening = setTimeout(() => ws.terminate(), 2 * OPENING_MS)
    ws.on('open', () => this.#say({ type: 'hello', schema: 'liveproof/edge@1', ...hello }))
    ws.on('message', (data) => {
      clearTimeout(opening)
      this.#message(String(data))
    })
    ws.on('unexpected-response', (request, response) => {
      response.resume()
      request.destroy()
      const why = `the origin answered ${response.statusCode} to this edge`
      if (response.statusCode === 401) this.#first.reject(new CodedError('LP_EDGE_REFUSED', why))
      ws.terminate()
    })
    ws.on('error', () => {})
    ws.on('close', () => {
      clearTimeout(opening)
      this.#lost()
    })
  }

  #message(text: string): void {
    try {
      const message = readOriginMessage(text)
      this.#heardAt = nowMs()
      if (message.type !== 'welcome') return
      // A ghost: an origin that another has replaced meanwhile.
      if (!this.#options.origin.admits(message.generation)) {
        this.#ws?.terminate()
        return
      }
      this.#welcome = message
      this.#connected = true
      this.#failed = 0
      this.#first.resolve()
      this.#options.onWelcome()
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      this.#ws?.terminate()
    }
  }

  #lost(): void {
    this.#connected = false
    this.#ws = undefined
    if (this.#closed) return
    this.#retry = setTimeout(() => this.#connect(), reconnectDelay(this.#failed++))
  }

  #say(message: EdgeMessage): void {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(message))
  }
}
