import type { IngestRecorder } from '../recorder.ts'
import { PLI_PROBE_AFTER_KEY_MS, PLI_PROBE_AFTER_MS, type WhipLimits } from './limits.ts'

type Why = 'start' | 'loss' | 'interval' | 'probe'

/**
 * When to ask the sender for a key frame, and how long it took: each request is an event `pli`
 * {reason, answeredMs}. One request is made that nobody needs, to see that it is answered.
 */
export class KeyRequests {
  readonly #limits: WhipLimits
  readonly #recorder: IngestRecorder
  #askedAt = Number.NEGATIVE_INFINITY
  #probed = false
  #open: { readonly at: number; readonly facts: { answeredMs: number | null } } | null = null

  constructor(limits: WhipLimits, recorder: IngestRecorder) {
    this.#limits = limits
    this.#recorder = recorder
  }

  deadline(needed: boolean, lastKeyAt: number | null): number {
    if (needed) return this.#askedAt + this.#limits.pliEveryMs
    return lastKeyAt === null
      ? Number.POSITIVE_INFINITY
      : Math.max(lastKeyAt, this.#askedAt) + this.#limits.keyEveryMs
  }

  /**
   * Whether to ask now. `age`: ms since the first media.
   * @param sinceKeyMs of media, since the last key frame
   */
  due(
    now: number,
    age: number,
    needed: 'start' | 'loss' | null,
    lastKeyAt: number | null,
    sinceKeyMs: number,
  ): boolean {
    const why = this.#why(now, age, needed, lastKeyAt, sinceKeyMs)
    if (why === null) return false
    this.#askedAt = now
    const facts = this.#recorder.running(now, 'pli', { reason: why, answeredMs: null })
    this.#open ??= { at: now, facts }
    return true
  }

  /** A key frame came. */
  came(now: number): void {
    if (this.#open !== null) this.#open.facts.answeredMs = Math.round(now - this.#open.at)
    this.#open = null
  }

  #why(
    now: number,
    age: number,
    needed: 'start' | 'loss' | null,
    lastKeyAt: number | null,
    sinceKeyMs: number,
  ): Why | null {
    if (needed !== null) return now >= this.#askedAt + this.#limits.pliEveryMs ? needed : null
    if (lastKeyAt === null) return null
    if (now >= Math.max(lastKeyAt, this.#askedAt) + this.#limits.keyEveryMs) return 'interval'
    // Late in a group of pictures, the next regular key frame would look like an answer.
    const early = sinceKeyMs >= PLI_PROBE_AFTER_KEY_MS && sinceKeyMs <= 2 * PLI_PROBE_AFTER_KEY_MS
    if (this.#probed || age < PLI_PROBE_AFTER_MS || !early) return null
    this.#probed = true
    return 'probe'
  }
}
