import type { IngestRecorder } from '../recorder.ts'
import { NACK_PROBE_AFTER_MS } from './limits.ts'

/**
 * Asks once for a packet that came already, to see whether the sender answers: an event
 * `nack-probe` {sequence, answeredMs}. A second copy harms nobody.
 */
export class NackProbe {
  readonly #recorder: IngestRecorder
  #last: number | null = null
  #asked: {
    readonly sequence: number
    readonly at: number
    readonly facts: { answeredMs: number | null }
  } | null = null

  constructor(recorder: IngestRecorder) {
    this.#recorder = recorder
  }

  delivered(sequence: number): void {
    this.#last = sequence
  }

  /** The sequence number to ask for now, or null. `age`: ms since the first media. */
  due(now: number, age: number): number | null {
    if (this.#asked !== null || this.#last === null || age < NACK_PROBE_AFTER_MS) return null
    const sequence = this.#last
    const facts = this.#recorder.running(now, 'nack-probe', { sequence, answeredMs: null })
    this.#asked = { sequence, at: now, facts }
    return sequence
  }

  /** A packet came that had come before. */
  came(sequence: number, now: number): void {
    const asked = this.#asked
    if (asked?.sequence !== sequence || asked.facts.answeredMs !== null) return
    asked.facts.answeredMs = Math.round(now - asked.at)
  }
}
