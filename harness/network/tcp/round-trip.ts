import { INITIAL_RTO_MS, MAX_RTO_MS, MIN_RTO_MS } from './tcp-limits.ts'

/** Smoothed round trip and time-out, RFC 6298 with Linux's floor of 200 ms on the variation's part. */
export class RoundTrip {
  smoothed = 0
  min = Infinity
  #variation = 0
  #backoff = 1

  /** A round trip of `ms`, of a segment that was sent once (Karn). */
  measured(ms: number): void {
    this.min = Math.min(this.min, ms)
    this.#backoff = 1
    if (this.smoothed === 0) {
      this.smoothed = ms
      this.#variation = ms / 2
      return
    }
    this.#variation = 0.75 * this.#variation + 0.25 * Math.abs(this.smoothed - ms)
    this.smoothed = 0.875 * this.smoothed + 0.125 * ms
  }

  timedOut(): void {
    this.#backoff *= 2
  }

  /** ms */
  get timeout(): number {
    const base =
      this.smoothed === 0
        ? INITIAL_RTO_MS
        : this.smoothed + Math.max(MIN_RTO_MS, 4 * this.#variation)
    return Math.min(MAX_RTO_MS, base * this.#backoff)
  }
}
