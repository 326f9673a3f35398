import type { SrtDataPacket } from '../../wire/srt-packet.ts'
import type { IngestRecorder } from '../recorder.ts'
import type { SrtLimits } from './limits.ts'
import type { RoundTrip } from './round-trip.ts'

/**
 * Asks for a packet that has just come as if it had not, a few times in a session, so that a
 * sender's answer to a loss can be judged on a network that loses nothing. The packet itself is
 * used as usual; what comes again is a duplicate.
 */
export class RetransmissionProbe {
  readonly #recorder: IngestRecorder
  readonly #limits: SrtLimits
  #left: number
  #nextAt: number
  #asked: {
    sequence: number
    askedAt: number
    event: { answeredMs: number | null; retransmitFlag: boolean | null }
  } | null = null

  constructor(recorder: IngestRecorder, limits: SrtLimits, now: number) {
    this.#recorder = recorder
    this.#limits = limits
    this.#left = limits.retransmissionProbes
    this.#nextAt = now + limits.probeMs
  }

  /** The sequence number to ask for, or null. Only while nothing is really missing. */
  ask(packet: SrtDataPacket, losing: boolean, roundTrip: RoundTrip, now: number): number | null {
    if (this.#left === 0 || now < this.#nextAt || losing || packet.retransmitted) return null
    this.#left -= 1
    this.#nextAt = now + this.#limits.probeMs
    const { sequence } = packet
    const event = this.#recorder.running(now, 'srt-nak-probe', {
      sequence,
      rttMs: Math.round(roundTrip.rttMs * 10) / 10,
      answeredMs: null as number | null,
      retransmitFlag: null as boolean | null,
    })
    this.#asked = { sequence, askedAt: now, event }
    return sequence
  }

  came(sequence: number, retransmitted: boolean, now: number): void {
    const asked = this.#asked
    if (asked === null || asked.sequence !== sequence) return
    asked.event.answeredMs = Math.round((now - asked.askedAt) * 10) / 10
    asked.event.retransmitFlag = retransmitted
    this.#asked = null
  }
}
