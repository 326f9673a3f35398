export type AbrStep = 'down' | 'up'

/** s by which media come later than they did, above which the link no longer carries them. */
const TOO_LATE_S = 0.15
/** Likewise of the buffer: what is left does not last until the next key frame. */
const NEARLY_EMPTY_S = 0.4
/** s below which the link is at ease. */
const AT_EASE_S = 0.1
/** ms after a change within which its own effect is still to come. */
const SETTLE_MS = 3_000
/** ms at ease before more is tried; doubled each time that it was too much. */
const EASE_MS = 6_000
const MAX_EASE_MS = 48_000
/** ms after a step up within which a step down means that it was too much. */
const TRIAL_MS = 8_000
/** ms that the least lateness is remembered, in spans. */
const MEMORY_MS = 10_000
const SPAN_MS = 500

/**
 * When a viewer of a live stream should take less, or more: media that are sent as they come say
 * nothing of a link that carries them; a link that does not makes them later and later. Pure.
 */
export class AbrControl {
  #spans: { readonly from: number; least: number }[] = []
  #changedAt = Number.NEGATIVE_INFINITY
  #steppedUpAt = Number.NEGATIVE_INFINITY
  #uneasyAt = 0
  #easeMs = EASE_MS
  #pending = false

  /** s by which media come later than at best in the last seconds */
  lateness = 0

  /**
   * Media up to `end` (s) have arrived at `now` (ms), and `buffered` s of them can still be played.
   * Returns what should be asked for; nothing while a change is under way.
   */
  observe(now: number, end: number, buffered: number): AbrStep | null {
    const behind = now / 1000 - end
    const last = this.#spans.at(-1)
    if (last === undefined || now - last.from > SPAN_MS) {
      this.#spans.push({ from: now, least: behind })
      this.#spans = this.#spans.filter(({ from }) => now - from <= MEMORY_MS)
    } else last.least = Math.min(last.least, behind)
    this.lateness = behind - Math.min(...this.#spans.map(({ least }) => least))
    if (this.lateness > AT_EASE_S) this.#uneasyAt = now
    if (this.#pending || now - this.#changedAt < SETTLE_MS) return null
    if (this.lateness > TOO_LATE_S || buffered < NEARLY_EMPTY_S) return 'down'
    return now - Math.max(this.#uneasyAt, this.#changedAt) > this.#easeMs ? 'up' : null
  }

  /** A change was asked for. */
  asked(step: AbrStep, now: number): void {
    this.#pending = true
    if (step === 'up') this.#steppedUpAt = now
    else if (now - this.#steppedUpAt < TRIAL_MS)
      this.#easeMs = Math.min(MAX_EASE_MS, 2 * this.#easeMs)
  }

  /** It came about, or did not. The other bitrate has a lateness of its own. */
  settled(now: number): void {
    this.#pending = false
    this.#changedAt = now
    this.#spans = []
  }
}
