import type { BufferGoals } from './settings.ts'

/** The vendor's `playback.latencyControlMode`. */
export const LATENCY_MODES = ['classic', 'balancedadaptive', 'fastadaptive'] as const
export type LatencyMode = (typeof LATENCY_MODES)[number]

/** Share of a second of excess that is taken off in a second of playback. */
export const CATCH_UP_GAIN: Readonly<Record<LatencyMode, number>> = {
  classic: 0.2,
  balancedadaptive: 0.2,
  fastadaptive: 0.5,
}

/**
 * How the adaptive modes choose their goals is not documented: these numbers are ours. Media are
 * expected as unevenly as they came of late; s.
 */
const ADAPTION = {
  balancedadaptive: { base: 0.4, perUnevenness: 2, room: 0.5, rememberMs: 20_000 },
  fastadaptive: { base: 0.25, perUnevenness: 1.2, room: 0.1, rememberMs: 10_000 },
} as const

/** ms of one remembered span: the window is kept in spans, so it stays small. */
const SPAN_MS = 500

interface Span {
  readonly from: number
  least: number
  most: number
}

/**
 * The buffer goals of a latency mode. `classic` keeps the configured ones; the adaptive modes lower
 * target and limit as far as the evenness of arrivals allows, and never raise them above those.
 */
export class LatencyGoals {
  readonly #mode: LatencyMode
  readonly #base: BufferGoals
  #spans: Span[] = []

  constructor(mode: LatencyMode, base: BufferGoals) {
    this.#mode = mode
    this.#base = base
  }

  /** The media reach to `end` (s on their timeline) at `now` (ms). */
  observe(now: number, end: number): void {
    if (this.#mode === 'classic') return
    const behind = now / 1000 - end
    const last = this.#spans.at(-1)
    if (last === undefined || now - last.from >= SPAN_MS) {
      this.#spans.push({ from: now, least: behind, most: behind })
    } else {
      last.least = Math.min(last.least, behind)
      last.most = Math.max(last.most, behind)
    }
    const { rememberMs } = ADAPTION[this.#mode]
    this.#spans = this.#spans.filter(({ from }) => now - from <= rememberMs)
  }

  /** The timeline begins anew. */
  reset(): void {
    this.#spans = []
  }

  get goals(): BufferGoals {
    const base = this.#base
    if (this.#mode === 'classic') return base
    const adaption = ADAPTION[this.#mode]
    const wanted = adaption.base + adaption.perUnevenness * this.#unevenness
    const target = Math.min(base.target, Math.max(base.min, wanted))
    return { ...base, target, limit: Math.min(base.limit, target + adaption.room) }
  }

  /** s between the most and the least punctual media */
  get #unevenness(): number {
    if (this.#spans.length === 0) return 0
    const least = Math.min(...this.#spans.map((span) => span.least))
    const most = Math.max(...this.#spans.map((span) => span.most))
    return most - least
  }
}
