/** Share of packets that did not come at first, above which the path is taken for full. */
const CONGESTED_SHARE = 0.1
/** Below this there is room to try more. */
const CLEAR_SHARE = 0.02
/** Of what arrives over a full path, what is sent next: its queue has to empty as well. */
const BACK_OFF = 0.85
/** Per second, and near the rate at which the path was full. */
const GROWTH = 1.2
const CAREFUL_GROWTH = 1.03
/** What counts as near, of that rate. */
const NEAR = [0.9, 1.5] as const
/** bit/s; below it no picture is worth looking at. */
const LEAST = 50_000

/** Totals of all sources of a session. */
export interface Received {
  readonly bytes: number
  /** Came, the first time or after they were asked for. */
  readonly packets: number
  /** Were missing when a later one came: arrived after all, or never. */
  readonly missing: number
}

/**
 * How much a sender may send, as REMB tells it. Browsers follow it at once; by losses alone they
 * would need many seconds to fit into a path that has become narrow, because what is asked for again
 * fills it as well. Losses that are not many are chance, and change nothing.
 */
export class RateAdvice {
  readonly #most: number
  #advice: number
  #before: Received = { bytes: 0, packets: 0, missing: 0 }
  #at: number | null = null
  /** bit/s that arrived when the path was last full. */
  #full = Number.POSITIVE_INFINITY

  /** @param most bit/s, in the absence of any trouble */
  constructor(most: number) {
    this.#most = most
    this.#advice = most
  }

  /** bit/s from now on. */
  next(now: number, received: Received): number {
    const elapsedMs = this.#at === null ? 0 : now - this.#at
    const packets = received.packets - this.#before.packets
    const missing = received.missing - this.#before.missing
    const bits = (received.bytes - this.#before.bytes) * 8
    this.#before = received
    this.#at = now
    if (elapsedMs <= 0) return this.#advice
    const share = packets + missing === 0 ? 0 : missing / (packets + missing)
    if (share > CONGESTED_SHARE) {
      this.#full = (bits * 1000) / elapsedMs
      this.#advice = Math.max(LEAST, Math.min(this.#advice, BACK_OFF * this.#full))
    } else if (share < CLEAR_SHARE) {
      const near = this.#advice > NEAR[0] * this.#full && this.#advice < NEAR[1] * this.#full
      const growth = (near ? CAREFUL_GROWTH : GROWTH) ** (elapsedMs / 1000)
      this.#advice = Math.min(this.#most, this.#advice * growth)
    }
    return Math.round(this.#advice)
  }
}
