import type { Agenda, Event } from '../agenda.ts'
import type { Segment } from './segment.ts'
import { DELAYED_ACK_MS, RECEIVE_WINDOW_BYTES } from './tcp-limits.ts'

export interface ReceiverOptions {
  readonly agenda: Agenda
  readonly mss: number
  /** Puts an ACK on the way back. */
  acknowledge(ack: Ack, at: number): void
  /** So many bytes have come in order. */
  onBytes(count: number, at: number): void
  /** The stream has ended. */
  onEnd(at: number): void
  /** Bytes that the application has not taken yet. */
  buffered(): number
}

export interface Ack {
  /** Every byte before this one has arrived. */
  readonly next: number
  /** What arrived beyond the present hole; its first `sackedCount` had arrived by then. */
  readonly sacked: readonly Segment[]
  readonly sackedCount: number
  readonly windowBytes: number
}

/** The receiving half: puts segments in order, acknowledges every second one, and holes at once. */
export class Receiver {
  readonly #options: ReceiverOptions
  #next = 0
  /** Arrived beyond a hole, by their first byte. */
  readonly #beyond = new Map<number, Segment>()
  /** The same in order of arrival; begun anew with every hole. */
  #arrivals: Segment[] = []
  #unacknowledged = 0
  #ended = false
  #stopped = false
  #closedWindow = false
  #ackDue = Infinity
  #armed = Infinity
  readonly #timer: Event = { run: (at) => this.#timerFired(at) }

  constructor(options: ReceiverOptions) {
    this.#options = options
  }

  arrived(segment: Segment, at: number): void {
    if (this.#stopped) return
    if (segment.start !== this.#next || this.#beyond.size > 0) {
      if (segment.start > this.#next) this.#keep(segment)
      else if (segment.start === this.#next) this.#take(segment, at)
      this.#acknowledge(at)
      return
    }
    this.#take(segment, at)
    // Linux counts full segments; whatever else comes may wait for the timer.
    this.#unacknowledged += segment.end - segment.start
    if (this.#unacknowledged > this.#options.mss || segment.isFin) this.#acknowledge(at)
    else if (this.#ackDue === Infinity) this.#delay(at + DELAYED_ACK_MS)
  }

  /** The application has taken bytes; tells the sender when that opens a closed window. */
  taken(at: number): void {
    if (this.#closedWindow && this.#window() >= this.#options.mss && !this.#stopped)
      this.#acknowledge(at)
  }

  stop(): void {
    this.#stopped = true
    this.#ackDue = Infinity
  }

  #keep(segment: Segment): void {
    if (this.#beyond.size === 0) this.#arrivals = []
    if (this.#beyond.has(segment.start)) return
    this.#beyond.set(segment.start, segment)
    this.#arrivals.push(segment)
  }

  #take(first: Segment, at: number): void {
    let bytes = 0
    let ended = false
    let segment: Segment | undefined = first
    while (segment) {
      if (segment.isFin) ended = true
      else bytes += segment.end - segment.start
      this.#next = segment.end
      this.#beyond.delete(segment.start)
      segment = this.#beyond.get(this.#next)
    }
    if (bytes > 0) this.#options.onBytes(bytes, at)
    if (!ended || this.#ended) return
    this.#ended = true
    this.#options.onEnd(at)
  }

  #window(): number {
    return Math.max(0, RECEIVE_WINDOW_BYTES - this.#options.buffered())
  }

  #acknowledge(at: number): void {
    this.#unacknowledged = 0
    this.#ackDue = Infinity
    const windowBytes = this.#window()
    this.#closedWindow = windowBytes < this.#options.mss
    const sacked = this.#arrivals
    const sackedCount = this.#beyond.size === 0 ? 0 : sacked.length
    this.#options.acknowledge({ next: this.#next, sacked, sackedCount, windowBytes }, at)
  }

  #delay(due: number): void {
    this.#ackDue = due
    if (due >= this.#armed) return
    this.#armed = due
    this.#options.agenda.add(due, this.#timer)
  }

  #timerFired(at: number): void {
    if (at !== this.#armed) return
    this.#armed = Infinity
    if (this.#ackDue === Infinity || this.#stopped) return
    if (this.#ackDue > at) this.#delay(this.#ackDue)
    else this.#acknowledge(at)
  }
}
