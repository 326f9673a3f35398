/**
 * Controlled delay, RFC 8289, appendix A. `shouldDrop` is asked for each packet as it comes to the
 * head of the queue, with the time it waited.
 */
export class Codel {
  readonly #targetMs: number
  readonly #intervalMs: number
  #firstAbove = 0
  #dropping = false
  #dropNext = 0
  #count = 0
  #lastCount = 0

  constructor(options: { targetMs: number; intervalMs: number }) {
    this.#targetMs = options.targetMs
    this.#intervalMs = options.intervalMs
  }

  /** `waiting` is the bytes behind this packet; a queue of less than one packet is no queue. */
  shouldDrop(now: number, sojournMs: number, waiting: number): boolean {
    const above = this.#isAbove(now, sojournMs, waiting)
    if (this.#dropping) {
      if (!above) {
        this.#dropping = false
        return false
      }
      if (now < this.#dropNext) return false
      this.#count++
      this.#dropNext = this.#controlLaw(this.#dropNext)
      return true
    }
    if (!above) return false
    this.#dropping = true
    const delta = this.#count - this.#lastCount
    const recently = now - this.#dropNext < 16 * this.#intervalMs
    this.#count = delta > 1 && recently ? delta : 1
    this.#lastCount = this.#count
    this.#dropNext = this.#controlLaw(now)
    return true
  }

  #isAbove(now: number, sojournMs: number, waiting: number): boolean {
    if (sojournMs < this.#targetMs || waiting < MAX_PACKET_BYTES) {
      this.#firstAbove = 0
      return false
    }
    if (this.#firstAbove === 0) {
      this.#firstAbove = now + this.#intervalMs
      return false
    }
    return now >= this.#firstAbove
  }

  #controlLaw(at: number): number {
    return at + this.#intervalMs / Math.sqrt(this.#count)
  }
}

const MAX_PACKET_BYTES = 1500
