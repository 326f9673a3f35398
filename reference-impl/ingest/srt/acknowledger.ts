// SRT draft §4.8.1 and §4.10: acknowledgements, and the round trip that their answers show.
import { buildSrtAck } from '../../wire/srt-control.ts'
import type { SrtLimits } from './limits.ts'
import { RoundTrip } from './round-trip.ts'

/** ACKs whose answer is waited for. */
const ACK_MEMORY = 256
const MAX_NUMBER = 0x7fffffff

/** What goes into an ACK packet. */
export interface AckFields {
  readonly info?: number
  readonly body: Buffer
}

export interface ReceiverState {
  /** The first packet that is missing. */
  readonly acknowledged: number
  /** packets */
  readonly free: number
}

export interface Rates {
  /** packets/s */
  readonly packetRate: number
  readonly linkCapacity: number
  /** bytes/s */
  readonly byteRate: number
}

/** When a receiver acknowledges, and what: a full ACK each 10 ms while there is news, light ones between. */
export class Acknowledger {
  readonly roundTrip: RoundTrip = new RoundTrip()
  readonly #limits: SrtLimits
  #nextAt = Number.POSITIVE_INFINITY
  #number = 0
  readonly #times: { number: number; at: number }[] = []
  #acknowledged: number
  #answered = true
  #fullAt = 0
  #sinceAck = 0

  constructor(limits: SrtLimits, initialSequence: number) {
    this.#limits = limits
    this.#acknowledged = initialSequence
  }

  /** When `full` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    return this.#nextAt
  }

  /** A packet was stored; true when a light ACK is due. */
  stored(now: number): boolean {
    this.#sinceAck += 1
    if (this.#nextAt === Number.POSITIVE_INFINITY) this.#nextAt = now + this.#limits.ackMs
    return this.#sinceAck >= this.#limits.lightAckPackets
  }

  /** Null when there is nothing to say now. The last one is said again until it was answered. */
  full(state: ReceiverState, rates: (now: number) => Rates, now: number): AckFields | null {
    const { acknowledged, free } = state
    const { rttMs, varianceMs } = this.roundTrip
    const retryMs = rttMs + 4 * varianceMs
    const news = acknowledged !== this.#acknowledged
    if (!news && (this.#answered || now < this.#fullAt + retryMs)) {
      this.#nextAt = this.#answered ? Number.POSITIVE_INFINITY : this.#fullAt + retryMs
      if (this.#sinceAck > 0) this.#nextAt = now + this.#limits.ackMs
      this.#sinceAck = 0
      return null
    }
    this.#number = (this.#number % MAX_NUMBER) + 1
    this.#times.push({ number: this.#number, at: now })
    if (this.#times.length > ACK_MEMORY) this.#times.shift()
    this.#acknowledged = acknowledged
    this.#answered = false
    this.#fullAt = now
    this.#sinceAck = 0
    this.#nextAt = now + this.#limits.ackMs
    const full = {
      rtt: Math.round(rttMs * 1000),
      rttVariance: Math.round(varianceMs * 1000),
      availableBuffer: Math.max(2, free),
      ...rates(now),
    }
    return { info: this.#number, body: buildSrtAck({ sequence: acknowledged, full }) }
  }

  light({ acknowledged }: ReceiverState): AckFields {
    this.#sinceAck = 0
    return { body: buildSrtAck({ sequence: acknowledged }) }
  }

  /** An ACKACK came; false for one that answers nothing of ours. */
  answered(number: number, now: number): boolean {
    const index = this.#times.findIndex((sent) => sent.number === number)
    const sent = this.#times[index]
    if (sent === undefined) return false
    this.#times.splice(0, index + 1)
    this.roundTrip.sample(now - sent.at)
    if (number === this.#number) this.#answered = true
    return true
  }
}
