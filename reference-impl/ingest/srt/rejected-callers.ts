import { srtRejectReason } from '../../wire/srt-reject.ts'
import type { IngestRecorder } from '../recorder.ts'

interface Rejected {
  readonly code: number
  /** Kept in the record of the first call. */
  readonly event: { calls: number }
  until: number
}

/**
 * Callers that were rejected lately: one that calls again and again, with the same socket or a new
 * one, is answered from here, without a decision and without a record of its own.
 */
export class RejectedCallers {
  readonly #ms: number
  readonly #max: number
  readonly #callers = new Map<string, Rejected>()

  constructor(ms: number, max: number) {
    this.#ms = ms
    this.#max = max
  }

  get size(): number {
    return this.#callers.size
  }

  /** The reject code that this caller had; it counts as rejected once more. */
  again(key: string, now: number): number | null {
    const rejected = this.#callers.get(key)
    if (rejected === undefined) return null
    if (now >= rejected.until) {
      this.#callers.delete(key)
      return null
    }
    rejected.event.calls += 1
    return rejected.code
  }

  add(key: string, code: number, reason: string, recorder: IngestRecorder, now: number): void {
    const event = recorder.running(now, 'srt-reject', {
      code: srtRejectReason(code),
      reason,
      calls: 1,
    })
    const oldest = this.#callers.keys().next().value
    if (this.#callers.size >= this.#max && oldest !== undefined) this.#callers.delete(oldest)
    this.#callers.set(key, { code, event, until: now + this.#ms })
  }
}
