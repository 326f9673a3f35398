import type { WebSocket } from 'ws'
import { CodedError } from '../errors.ts'
import { type OriginMessage, type OriginWelcome, readEdgeMessage } from './control-message.ts'
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_MS, OPENING_MS } from './limits.ts'
import type { EdgeRegistry } from './registry.ts'

/** RFC 6455 §7.4.1: policy violation. */
const CLOSE_POLICY = 1008

/** The origin's side of one edge's control connection: its presence in the registry. */
export class EdgeSession {
  readonly #ws: WebSocket
  readonly #registry: EdgeRegistry
  readonly #welcome: OriginWelcome
  readonly #openedAt: number
  #key: object | undefined
  #heardAt: number
  #saidAt: number

  /** @param now ms */
  constructor(ws: WebSocket, registry: EdgeRegistry, welcome: OriginWelcome, now: number) {
    this.#ws = ws
    this.#registry = registry
    this.#welcome = welcome
    this.#openedAt = now
    this.#heardAt = now
    this.#saidAt = now
  }

  message(text: string, now: number): void {
    try {
      const message = readEdgeMessage(text)
      this.#heardAt = now
      if (message.type === 'hello') this.#hello(message, now)
      else if (this.#key === undefined) this.#refuse('a heartbeat before any hello')
      else {
        const { type: _type, ...load } = message
        this.#registry.heartbeat(this.#key, load, now)
      }
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      this.#refuse(error.code)
    }
  }

  /** Looks at the deadlines. `now`: ms */
  tick(now: number): void {
    const late =
      this.#key === undefined
        ? now - this.#openedAt > OPENING_MS
        : now - this.#heardAt > HEARTBEAT_DEADLINE_MS
    if (late) {
      this.#ws.terminate()
    } else if (this.#key !== undefined && now - this.#saidAt >= HEARTBEAT_MS) {
      this.#saidAt = now
      this.#say({ type: 'heartbeat' })
    }
  }

  /** The connection is gone. */
  gone(now: number): void {
    if (this.#key !== undefined) this.#registry.disconnected(this.#key, now)
  }

  #hello(message: Parameters<EdgeRegistry['connected']>[0], now: number): void {
    if (this.#key !== undefined) {
      this.#refuse('two hellos')
      return
    }
    this.#key = this.#registry.connected(message, now)
    if (this.#key === undefined) this.#refuse('too many edges')
    else this.#say(this.#welcome)
  }

  #refuse(why: string): void {
    this.#ws.close(CLOSE_POLICY, why)
  }

  #say(message: OriginMessage): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(JSON.stringify(message))
  }
}
