/** The vendor's `source.options.adaption.rule`. How its rules decide is not documented: this is ours. */
export const ADAPTION_RULES = ['none', 'deviationOfMean', 'deviationOfMean2'] as const
export type AdaptionRule = (typeof ADAPTION_RULES)[number]

/** Media come later in the last second than they did on the average of the last ten: s of deviation. */
const DEVIATION_S = 0.12
const SHORT_MS = 1_000
const LONG_MS = 10_000
/** s of buffer that do not last until the next key frame. */
const NEARLY_EMPTY_S = 0.4
/** ms after a change within which nothing is asked for. */
const SETTLE_MS = 3_000
/** ms without deviation before a better bitrate is tried. */
const EASE_MS = 6_000
/** `deviationOfMean2` waits twice as long after each try that was too much, up to this. */
const MAX_EASE_MS = 60_000
const TRIAL_MS = 8_000

/** Decides when a player should go to a lower (1) or a better (-1) bitrate. Pure; times in ms. */
export class Adaption {
  rule: AdaptionRule
  #samples: { readonly at: number; readonly behind: number }[] = []
  #changedAt = Number.NEGATIVE_INFINITY
  #steppedUpAt = Number.NEGATIVE_INFINITY
  #unevenAt = Number.NEGATIVE_INFINITY
  #easeMs = EASE_MS
  #pending = false

  constructor(rule: AdaptionRule) {
    this.rule = rule
  }

  /** The media reach to `end` (s), of which `buffer` (s) can be played, at `now`. */
  observe(now: number, end: number, buffer: number): -1 | 0 | 1 {
    this.#samples.push({ at: now, behind: now / 1000 - end })
    this.#samples = this.#samples.filter(({ at }) => now - at <= LONG_MS)
    if (this.#unevenAt === Number.NEGATIVE_INFINITY) this.#unevenAt = now
    const deviation = this.#mean(now - SHORT_MS) - this.#mean(now - LONG_MS)
    if (deviation > DEVIATION_S / 2) this.#unevenAt = now
    if (this.rule === 'none' || this.#pending || now - this.#changedAt < SETTLE_MS) return 0
    const empty = this.rule === 'deviationOfMean2' && buffer < NEARLY_EMPTY_S
    if (deviation > DEVIATION_S || empty) return 1
    return now - Math.max(this.#unevenAt, this.#changedAt) > this.#easeMs ? -1 : 0
  }

  asked(step: -1 | 1, now: number): void {
    this.#pending = true
    if (step === -1) this.#steppedUpAt = now
    else if (this.rule === 'deviationOfMean2' && now - this.#steppedUpAt < TRIAL_MS)
      this.#easeMs = Math.min(MAX_EASE_MS, 2 * this.#easeMs)
  }

  /** The change came about, or failed; the other bitrate has delays of its own. */
  settled(now: number): void {
    this.#pending = false
    this.#changedAt = now
    this.#samples = []
  }

  #mean(since: number): number {
    const recent = this.#samples.filter(({ at }) => at > since)
    return recent.reduce((sum, { behind }) => sum + behind, 0) / Math.max(1, recent.length)
  }
}
