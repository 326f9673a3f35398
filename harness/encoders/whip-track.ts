import { randomInt } from 'node:crypto'
import type { Track } from 'node-datachannel'
import { buildSenderReport, parseRtcp } from '../../reference-impl/wire/rtcp.ts'
import { buildRtp } from '../../reference-impl/wire/rtp.ts'
import type { WhipWire } from './whip-wire.ts'

export interface WhipTrackOptions {
  readonly wire: WhipWire
  readonly payloadType: number
  /** Hz of the timestamps. */
  readonly clockRate: number
  readonly ssrc: number
  /** The receiver needs a key frame. */
  readonly onPli: () => void
}

/** One RTP stream that goes out: numbers packets, reports, and sends again what is asked for. */
export class WhipTrack {
  readonly #track: Track
  readonly #options: WhipTrackOptions
  readonly #sent = new Map<number, Buffer>()
  readonly #startTimestamp = randomInt(2 ** 32)
  #sequence = randomInt(2 ** 16)
  #packets = 0
  #octets = 0
  #reportedAt = Number.NEGATIVE_INFINITY
  #closed = false
  readonly stats = { nacks: 0, retransmitted: 0, plis: 0 }

  constructor(track: Track, options: WhipTrackOptions) {
    this.#track = track
    this.#options = options
    track.onMessage((bytes) => this.#receive(bytes))
  }

  /** The connection closes: its objects must not be touched any more. */
  close(): void {
    this.#closed = true
  }

  get #open(): boolean {
    return !this.#closed && this.#track.isOpen()
  }

  /** Sends the payloads of one frame; the last gets the marker. Returns the bytes that went out. */
  send(payloads: readonly Uint8Array[], timeMs: number, marker: boolean): number {
    if (!this.#open) return 0
    const { payloadType, clockRate, ssrc, wire } = this.#options
    const timestamp = (this.#startTimestamp + Math.round((timeMs * clockRate) / 1000)) >>> 0
    let bytes = 0
    for (const [i, payload] of payloads.entries()) {
      const sequence = this.#sequence
      this.#sequence = (sequence + 1) & 0xffff
      const last = marker && i === payloads.length - 1
      const packet = buildRtp({ marker: last, payloadType, sequence, timestamp, ssrc, payload })
      this.#sent.set(sequence, packet)
      this.#sent.delete((sequence - wire.nackPackets) & 0xffff)
      this.#packets++
      this.#octets += payload.length
      bytes += packet.length
      this.#track.sendMessageBinary(packet)
    }
    this.#report(timestamp)
    return bytes
  }

  #report(rtpTime: number): void {
    const now = performance.timeOrigin + performance.now()
    if (now < this.#reportedAt + this.#options.wire.senderReportMs) return
    this.#reportedAt = now
    const { ssrc } = this.#options
    const report = { ssrc, ntpMs: now, rtpTime, packets: this.#packets, octets: this.#octets }
    this.#track.sendMessageBinary(buildSenderReport(report))
  }

  #receive(bytes: Buffer): void {
    if (this.#closed) return
    let packets: ReturnType<typeof parseRtcp>
    try {
      packets = parseRtcp(bytes)
    } catch {
      // A real sender would drop it too.
      return
    }
    for (const packet of packets) {
      if (!('media' in packet) || packet.media !== this.#options.ssrc) continue
      if (packet.type === 'nack') this.#resend(packet.sequences)
      else {
        this.stats.plis++
        this.#options.onPli()
      }
    }
  }

  #resend(sequences: readonly number[]): void {
    this.stats.nacks++
    if (!this.#options.wire.answersNack) return
    for (const sequence of sequences) {
      const packet = this.#sent.get(sequence)
      if (packet === undefined || !this.#open) continue
      this.stats.retransmitted++
      this.#track.sendMessageBinary(packet)
    }
  }
}
