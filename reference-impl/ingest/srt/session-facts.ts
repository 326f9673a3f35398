import type { WireError } from '../../errors.ts'
import { TS_PACKET_BYTES } from '../../wire/mpeg-ts.ts'
import type { SrtLossRange } from '../../wire/srt-control.ts'
import { sequenceDifference } from '../../wire/srt-sequence.ts'
import type { IngestRecorder } from '../recorder.ts'
import { MAX_RECORDED_ERRORS } from './limits.ts'
import type { PushResult } from './receive-buffer.ts'

const RATE_MS = 1000

/** Counts what a session sees, in its record. */
export class SessionFacts {
  readonly #recorder: IngestRecorder
  readonly #stats = {
    ...{ packets: 0, bytes: 0, retransmitted: 0, lost: 0, dropped: 0, belated: 0, duplicates: 0 },
    ...{ overflows: 0, undecrypted: 0, otherSizes: 0, firstOtherSize: 0, firstOtherAt: 0 },
    ...{ maxPayload: 0, naks: 0, rttMs: 0, driftMs: 0 },
  }
  #errors = 0
  #rateAt: number
  #ratePackets = 0
  #rateBytes = 0
  #rates = { packetRate: 0, linkCapacity: 0, byteRate: 0 }

  constructor(recorder: IngestRecorder, now: number) {
    this.#recorder = recorder
    this.#rateAt = now
    recorder.running(now, 'srt-stats', this.#stats)
  }

  packet(bytes: number, retransmitted: boolean, result: PushResult, now: number): void {
    const stats = this.#stats
    stats.packets += 1
    stats.bytes += bytes
    this.#ratePackets += 1
    this.#rateBytes += bytes
    if (retransmitted) stats.retransmitted += 1
    if (bytes > stats.maxPayload) stats.maxPayload = bytes
    if (bytes === 0 || bytes % TS_PACKET_BYTES !== 0) {
      if (stats.otherSizes === 0) {
        stats.firstOtherSize = bytes
        stats.firstOtherAt = this.#recorder.since(now)
      }
      stats.otherSizes += 1
    }
    if (result === 'duplicate') stats.duplicates += 1
    else if (result === 'belated') stats.belated += 1
    else if (result === 'overflow') stats.overflows += 1
  }

  loss([first, last]: SrtLossRange): void {
    this.#stats.lost += sequenceDifference(last, first) + 1
  }

  dropped(count: number): void {
    this.#stats.dropped += count
  }

  undecrypted(): void {
    this.#stats.undecrypted += 1
  }

  nak(): void {
    this.#stats.naks += 1
  }

  roundTrip(rttMs: number, driftMs: number): void {
    this.#stats.rttMs = Math.round(rttMs * 1000) / 1000
    this.#stats.driftMs = Math.round(driftMs * 1000) / 1000
  }

  keyRefresh(keyBytes: number, accepted: boolean, now: number): void {
    this.#recorder.event(now, 'srt-key-refresh', { keyBytes, accepted })
  }

  error(error: WireError, now: number): void {
    this.#errors += 1
    if (this.#errors > MAX_RECORDED_ERRORS) return
    this.#recorder.event(now, 'error', { code: error.code, message: error.message })
  }

  /** packets/s and bytes/s over the last second. */
  rates(now: number): { packetRate: number; linkCapacity: number; byteRate: number } {
    const ms = now - this.#rateAt
    if (ms >= RATE_MS) {
      const packetRate = Math.round((this.#ratePackets * 1000) / ms)
      const byteRate = Math.round((this.#rateBytes * 1000) / ms)
      this.#rates = { packetRate, linkCapacity: packetRate, byteRate }
      this.#rateAt = now
      this.#ratePackets = 0
      this.#rateBytes = 0
    }
    return this.#rates
  }
}
