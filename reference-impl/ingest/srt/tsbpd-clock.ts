// SRT draft §4.5: timestamp-based packet delivery.

/** Samples after which the drift is taken from their mean: 10 s at one ACKACK each 10 ms. */
const DRIFT_SAMPLES = 1000
/** ms of drift that stay a correction; what is above moves the base. */
const MAX_DRIFT_MS = 5

/** When a packet is due: time base + timestamp + latency + drift. */
export class TsbpdClock {
  readonly latencyMs: number
  #base: number
  #drift = 0
  #lastTimestamp: number
  /** µs, unwrapped */
  #unwrapped: number
  #sum = 0
  #count = 0
  #firstRtt = -1

  /** @param timestamp of the caller's conclusion, µs; `now`: ms, when it came */
  constructor(timestamp: number, now: number, latencyMs: number) {
    this.latencyMs = latencyMs
    this.#lastTimestamp = timestamp
    this.#unwrapped = timestamp
    this.#base = now - timestamp / 1000
  }

  /** ms that the sender's clock has run away from ours, as far as corrections tell. */
  get drift(): number {
    return this.#drift
  }

  /** ms of our clock at which a packet with this timestamp (32 bits of µs) is due. */
  dueAt(timestamp: number): number {
    return this.#senderTime(timestamp) + this.latencyMs + this.#drift
  }

  /** An ACKACK with this timestamp came at `now`. */
  sample(timestamp: number, rttMs: number, now: number): void {
    if (this.#firstRtt < 0) this.#firstRtt = rttMs
    this.#sum += now - this.#senderTime(timestamp) - (rttMs - this.#firstRtt) / 2
    this.#count += 1
    if (this.#count < DRIFT_SAMPLES) return
    this.#drift = this.#sum / this.#count
    this.#sum = 0
    this.#count = 0
    if (Math.abs(this.#drift) > MAX_DRIFT_MS) {
      const over = Math.sign(this.#drift) * MAX_DRIFT_MS
      this.#base += over
      this.#drift -= over
    }
  }

  #senderTime(timestamp: number): number {
    this.#unwrapped += (timestamp - this.#lastTimestamp) | 0
    this.#lastTimestamp = timestamp
    return this.#base + this.#unwrapped / 1000
  }
}
