import type { Agenda } from '../agenda.ts'
import type { Direction } from '../direction.ts'
import { HEADER_BYTES, INITIAL_RTO_MS, MAX_SYN_TRIES } from './tcp-limits.ts'

/** Bytes of a SYN with its options. */
const SYN_BYTES = 60

export interface HandshakeOptions {
  readonly agenda: Agenda
  readonly up: Direction
  readonly down: Direction
  blocked(): boolean
  /** The first SYN has reached the server's side. */
  onSyn(): void
  /** The client may send. `roundTripMs` is undefined where the SYN was repeated (Karn). */
  onEstablished(at: number, roundTripMs: number | undefined): void
  /** The server may send. */
  onConfirmed(at: number): void
  onGivenUp(at: number): void
}

/** SYN, SYN-ACK and ACK over a link, repeated after 1, 2, 4 … s as RFC 6298 and Linux do. */
export class Handshake {
  readonly #options: HandshakeOptions
  #tries = 0
  #sentAt = 0
  #reached = false
  accepted = false
  #established = false
  #confirmed = false
  #stopped = false

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  get done(): boolean {
    return this.#confirmed && this.#established
  }

  begin(at: number): void {
    this.#sentAt = at
    this.#sendSyn(at)
  }

  /** The server has taken the connection. */
  accept(at: number): void {
    this.accepted = true
    this.#answer(at)
  }

  /** Anything from the client proves that it has the SYN-ACK. */
  confirmed(at: number): void {
    if (this.#confirmed || this.#stopped) return
    this.#confirmed = true
    this.#options.onConfirmed(at)
  }

  stop(): void {
    this.#stopped = true
  }

  #sendSyn(at: number): void {
    if (this.#stopped || this.#established) return
    if (++this.#tries > MAX_SYN_TRIES) {
      this.#stopped = true
      this.#options.onGivenUp(at)
      return
    }
    const { up, agenda, blocked } = this.#options
    up.offer(at, SYN_BYTES, { deliver: (when) => this.#synArrived(when) }, blocked())
    const again = at + INITIAL_RTO_MS * 2 ** (this.#tries - 1)
    agenda.add(again, { run: (when) => this.#sendSyn(when) })
  }

  #synArrived(at: number): void {
    if (this.#stopped) return
    if (this.accepted) this.#answer(at)
    if (this.#reached) return
    this.#reached = true
    this.#options.onSyn()
  }

  #answer(at: number): void {
    if (this.#stopped || this.#established) return
    const { down, blocked } = this.#options
    down.offer(at, SYN_BYTES, { deliver: (when) => this.#answerArrived(when) }, blocked())
  }

  #answerArrived(at: number): void {
    if (this.#stopped || this.#established) return
    this.#established = true
    const { up, blocked } = this.#options
    up.offer(at, HEADER_BYTES, { deliver: (when) => this.confirmed(when) }, blocked())
    this.#options.onEstablished(at, this.#tries === 1 ? at - this.#sentAt : undefined)
  }
}
