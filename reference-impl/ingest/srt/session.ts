import { WireError } from '../../errors.ts'
import type { EndReason, Publication } from '../../live/publication.ts'
import { buildSrtNak, parseSrtDropRequest, type SrtLossRange } from '../../wire/srt-control.ts'
import { SrtExtensionType } from '../../wire/srt-handshake.ts'
import {
  buildSrtControl,
  SrtControl,
  type SrtControlPacket,
  type SrtDataPacket,
  SrtKey,
} from '../../wire/srt-packet.ts'
import { MAX_SEQUENCE } from '../../wire/srt-sequence.ts'
import type { IngestRecorder } from '../recorder.ts'
import { Acknowledger } from './acknowledger.ts'
import { closeReasonOf, endReasonOf, type SrtCloseReason } from './close-reason.ts'
import type { KeyRing } from './key-ring.ts'
import type { SrtLimits } from './limits.ts'
import { TsMedia } from './media.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { RetransmissionProbe } from './retransmission-probe.ts'
import type { SrtSeams } from './seams.ts'
import { SessionFacts } from './session-facts.ts'
import { TsbpdClock } from './tsbpd-clock.ts'

export interface SrtSessionOptions {
  readonly limits: SrtLimits
  readonly seams: SrtSeams
  readonly recorder: IngestRecorder
  readonly publication: Publication
  /** The caller's socket id. */
  readonly peerSocketId: number
  readonly initialSequence: number
  /** µs, of the caller's conclusion, and when that came (ms) */
  readonly peerTimestamp: number
  readonly handshakeAt: number
  /** Negotiated. */
  readonly latencyMs: number
  /** Null when nothing is encrypted. */
  readonly keys: KeyRing | null
  readonly now: number
  readonly send: (packet: Buffer) => void
  /** Called once. */
  readonly onClose: (reason: SrtCloseReason) => void
}

/**
 * One SRT caller that publishes, seen from the listener, without socket and timer: packets and
 * times go in; packets and the end come out; frames go to the publication.
 */
export class SrtSession {
  readonly #options: SrtSessionOptions
  readonly #limits: SrtLimits
  readonly #seams: SrtSeams
  readonly #takes: (packet: SrtDataPacket) => boolean
  readonly #facts: SessionFacts
  readonly #buffer: ReceiveBuffer
  readonly #clock: TsbpdClock
  readonly #acks: Acknowledger
  readonly #media: TsMedia
  readonly #probe: RetransmissionProbe
  #phase: 'open' | 'draining' | 'ended' = 'open'
  readonly #openedAt: number
  #lastPeerAt: number
  #lastMediaAt: number
  #lastSentAt: number
  #nextNakAt: number
  #drainBy = 0

  constructor(options: SrtSessionOptions) {
    const { limits, recorder, now, publication } = options
    // Callers may send 32 bits where the draft has 31.
    const initialSequence = options.initialSequence & MAX_SEQUENCE
    this.#options = options
    this.#limits = limits
    this.#seams = options.seams
    this.#takes = options.seams.takes()
    this.#facts = new SessionFacts(recorder, now)
    const { flowWindow, maxBufferedBytes } = limits
    const givesUp = options.seams.dropsTooLate(true)
    this.#buffer = new ReceiveBuffer(initialSequence, flowWindow, maxBufferedBytes, givesUp)
    this.#acks = new Acknowledger(limits, initialSequence)
    this.#clock = new TsbpdClock(options.peerTimestamp, options.handshakeAt, options.latencyMs)
    this.#media = new TsMedia(recorder, publication, now)
    this.#probe = new RetransmissionProbe(recorder, limits, now)
    this.#openedAt = now
    this.#lastPeerAt = now
    this.#lastMediaAt = now
    this.#lastSentAt = now
    this.#nextNakAt = Number.POSITIVE_INFINITY
    publication.onRevoked((reason) => this.#revoked(reason))
  }

  get ended(): boolean {
    return this.#phase === 'ended'
  }

  /** When `tick` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    if (this.#phase === 'ended') return Number.POSITIVE_INFINITY
    if (this.#phase === 'draining') return Math.min(this.#buffer.dueAt, this.#drainBy)
    const { peerIdleMs, silentMs, keepAliveMs } = this.#limits
    return Math.min(
      this.#buffer.dueAt,
      this.#acks.deadline,
      this.#nextNakAt,
      this.#lastSentAt + keepAliveMs,
      this.#lastPeerAt + peerIdleMs,
      this.#lastMediaAt + silentMs,
    )
  }

  tick(now: number): void {
    if (this.#phase === 'ended') return
    this.#deliver(now)
    if (this.#phase === 'draining') {
      // Where the caller's clock seemed late, its last packets are due after that.
      if (now >= this.#drainBy) this.#deliver(now, Number.POSITIVE_INFINITY)
      if (this.#buffer.empty || now >= this.#drainBy) this.#end('unpublished', now)
      return
    }
    if (now >= this.#lastPeerAt + this.#limits.peerIdleMs) this.#end('disconnected', now)
    else if (now >= this.#lastMediaAt + this.#limits.silentMs) this.#leave('silent', now)
    if (this.ended) return
    if (now >= this.#acks.deadline) this.#fullAck(now)
    if (now >= this.#nextNakAt) this.#periodicNak(now)
    if (now >= this.#lastSentAt + this.#limits.keepAliveMs) this.#control(SrtControl.keepAlive, now)
  }

  data(packet: SrtDataPacket, now: number): void {
    if (this.#phase !== 'open') return
    this.#lastPeerAt = now
    if (!this.#takes(packet)) return
    this.#probe.came(packet.sequence, packet.retransmitted, now)
    const payload = this.#plain(packet)
    if (payload === null) {
      this.#facts.undecrypted()
      return
    }
    const dueAt = this.#clock.dueAt(packet.timestamp)
    const stored = { sequence: packet.sequence, payload, dueAt }
    const { result, loss } = this.#buffer.push(stored, now)
    this.#facts.packet(payload.length, packet.retransmitted, result, now)
    if (loss !== null) {
      this.#facts.loss(loss)
      this.#nak([loss], now)
      this.#armNak(now)
    }
    if (result !== 'stored') return
    this.#lastMediaAt = now
    if (this.#acks.stored(now)) {
      this.#control(SrtControl.ack, now, this.#acks.light(this.#buffer))
    }
    const asked = this.#probe.ask(packet, this.#buffer.hasLosses, this.#acks.roundTrip, now)
    if (asked !== null) this.#nak([[asked, asked]], now)
  }

  control(packet: SrtControlPacket, now: number): void {
    if (this.#phase !== 'open') return
    this.#lastPeerAt = now
    try {
      switch (packet.type) {
        case SrtControl.ackAck:
          this.#ackAck(packet, now)
          break
        case SrtControl.shutdown:
          this.#phase = 'draining'
          this.#drainBy = now + this.#clock.latencyMs + this.#limits.ackMs
          this.tick(now)
          break
        case SrtControl.dropRequest:
          parseSrtDropRequest(packet.body) // their time comes by the clock all the same
          break
        case SrtControl.userDefined:
          if (packet.subtype === SrtExtensionType.keyMaterialRequest) this.#newKeys(packet, now)
          break
        default: // keep-alives, and what a receiver has no use for
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#facts.error(error, now)
      this.#seams.badInput(error)
    }
  }

  /** Ends the session for a reason of its owner's. Idempotent. */
  abort(reason: 'shutdown' | 'internal-error', now: number): void {
    if (this.#phase !== 'ended') this.#leave(reason, now)
  }

  #plain(packet: SrtDataPacket): Uint8Array | null {
    if (packet.key === SrtKey.none) return packet.payload
    const { keys } = this.#options
    if (keys === null || packet.key === SrtKey.both) return null
    return keys.decrypt(packet.key, packet.sequence, packet.payload)
  }

  /** `until`: what is due then, ms */
  #deliver(now: number, until: number = now): void {
    for (;;) {
      const due = this.#buffer.take(until)
      if (due === null) break
      if (due.dropped > 0) {
        this.#facts.dropped(due.dropped)
        this.#media.lost()
      }
      const { payload, dueAt } = due.packet
      this.#media.push(payload, dueAt, now)
      if (this.#phase === 'ended') return
    }
    if (!this.#buffer.hasLosses) this.#nextNakAt = Number.POSITIVE_INFINITY
  }

  #fullAck(now: number): void {
    const ack = this.#acks.full(this.#buffer, (at) => this.#facts.rates(at), now)
    if (ack !== null) this.#control(SrtControl.ack, now, ack)
  }

  #ackAck(packet: SrtControlPacket, now: number): void {
    if (!this.#acks.answered(packet.info, now)) return
    const { rttMs } = this.#acks.roundTrip
    this.#clock.sample(packet.timestamp, rttMs, now)
    this.#facts.roundTrip(rttMs, this.#clock.drift)
  }

  /** §4.8.2: what is missing is asked for again and again, as long as it could still be used. */
  #periodicNak(now: number): void {
    const interval = this.#nakInterval()
    const missing = this.#buffer.unreported(now, interval * 0.9, this.#limits.maxNakRanges)
    const ranges = this.#seams.periodicNak(missing)
    if (ranges.length > 0) this.#nak(ranges, now)
    this.#nextNakAt = this.#buffer.hasLosses ? now + interval : Number.POSITIVE_INFINITY
  }

  #armNak(now: number): void {
    if (this.#nextNakAt === Number.POSITIVE_INFINITY) this.#nextNakAt = now + this.#nakInterval()
  }

  #nakInterval(): number {
    const { rttMs, varianceMs } = this.#acks.roundTrip
    return Math.max(this.#limits.minNakMs, (rttMs + 4 * varianceMs) / 2)
  }

  #nak(ranges: readonly SrtLossRange[], now: number): void {
    this.#facts.nak()
    this.#control(SrtControl.nak, now, { body: buildSrtNak(ranges) })
  }

  #newKeys(packet: SrtControlPacket, now: number): void {
    const { keys } = this.#options
    const accepted = keys !== null && keys.accept(packet.body) === 'accepted'
    this.#facts.keyRefresh(keys?.keyBytes ?? 0, accepted, now)
    if (!accepted) return
    const subtype = SrtExtensionType.keyMaterialResponse
    this.#control(SrtControl.userDefined, now, { subtype, body: packet.body })
  }

  #control(
    type: number,
    now: number,
    fields: { subtype?: number; info?: number; body?: Uint8Array } = {},
  ): void {
    this.#lastSentAt = now
    const timestamp = Math.round((now - this.#openedAt) * 1000) >>> 0
    const destination = this.#options.peerSocketId
    this.#options.send(buildSrtControl({ type, timestamp, destination, ...fields }))
  }

  #revoked(reason: EndReason): void {
    if (this.#phase === 'ended') return
    this.#leave(closeReasonOf(reason), this.#lastPeerAt)
  }

  /** Ends on our side: the caller is told. */
  #leave(reason: SrtCloseReason, now: number): void {
    if (this.#phase === 'open') this.#control(SrtControl.shutdown, now)
    this.#end(reason, now)
  }

  #end(reason: SrtCloseReason, now: number): void {
    if (this.#phase === 'ended') return
    this.#media.flush(now)
    this.#phase = 'ended'
    this.#options.recorder.close(now, reason)
    this.#options.publication.end(endReasonOf(reason))
    this.#options.onClose(reason)
  }
}
