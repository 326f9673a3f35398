import type { ReportBlock } from '../../wire/rtcp.ts'
import type { RtpPacket } from '../../wire/rtp.ts'
import type { IngestRecorder } from '../recorder.ts'
import type { WhipLimits } from './limits.ts'
import type { NegotiatedTrack } from './negotiate.ts'
import { RtpReceiver, type RtpReceiverListener } from './rtp-receiver.ts'
import { TrackClock } from './track-clock.ts'

export interface SourceOptions {
  readonly kind: 'video' | 'audio'
  readonly track: NegotiatedTrack
  readonly limits: WhipLimits
  readonly recorder: IngestRecorder
  /** Takes the packets in order. */
  readonly listener: RtpReceiverListener
  readonly now: number
}

/** One negotiated track: where its packets come from, and what is known of them. */
export class MediaSource {
  readonly kind: 'video' | 'audio'
  readonly payloadType: number
  readonly clock: TrackClock
  /** Null before the first packet. */
  ssrc: number | null = null
  receiver: RtpReceiver
  readonly #options: SourceOptions
  /** Hz */
  readonly #rate: number
  #report: { readonly middle: number; readonly at: number } | null = null
  /** Totals, in the record. */
  readonly #facts: Record<string, number | string>

  constructor(options: SourceOptions) {
    const { kind, recorder, now } = options
    const { clockRate, payloadType } = options.track.codec
    this.#options = options
    this.kind = kind
    this.payloadType = payloadType
    this.clock = new TrackClock(clockRate)
    this.#rate = clockRate
    this.receiver = new RtpReceiver(clockRate, options.limits, options.listener)
    const { stats } = this.receiver
    this.#facts = recorder.running(now, 'rtp-stats', { kind, ...stats, jitterMs: 0 })
  }

  /** False for a packet that had come before. */
  receive(packet: RtpPacket, now: number): boolean {
    if (this.ssrc !== packet.ssrc) this.#begin(packet.ssrc, now)
    return this.receiver.receive(packet, now)
  }

  /** A sender report (RFC 3550 §6.4.1). */
  report(said: { ntpMs: number; ntpMiddle: number; rtpTime: number }, now: number): void {
    const { recorder } = this.#options
    const { kind } = this
    if (this.#report === null) {
      recorder.event(now, 'sender-report', { kind, ntpMs: said.ntpMs })
    }
    this.#report = { middle: said.ntpMiddle, at: now }
    this.clock.report(said.ntpMs, said.rtpTime)
  }

  /** What a receiver report says of it; null before the first packet. */
  reportBlock(now: number): ReportBlock | null {
    if (this.ssrc === null) return null
    const { receiver } = this
    return {
      ssrc: this.ssrc,
      fractionLost: receiver.takeFractionLost(),
      lost: receiver.stats.lost,
      highest: receiver.highest,
      jitter: receiver.jitter,
      lastReport: this.#report?.middle ?? 0,
      sinceLastReport: this.#report === null ? 0 : now - this.#report.at,
    }
  }

  updateFacts(): void {
    const { stats, jitter } = this.receiver
    const jitterMs = Math.round((jitter * 1000) / this.#rate)
    Object.assign(this.#facts, stats, { jitterMs })
  }

  /** The sender began anew. */
  #begin(ssrc: number, now: number): void {
    const { recorder, limits, listener } = this.#options
    if (this.ssrc !== null) {
      recorder.event(now, 'new-source', { kind: this.kind })
      this.receiver = new RtpReceiver(this.#rate, limits, listener)
      this.#report = null
    }
    this.ssrc = ssrc
  }
}
