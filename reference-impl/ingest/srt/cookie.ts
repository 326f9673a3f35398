import { createHmac, randomBytes } from 'node:crypto'

/** What the induction looked like: remembered by its sender, in the cookie. */
export interface InductionFacts {
  readonly version: number
  readonly cookieZero: boolean
}

/**
 * SYN cookies (SRT draft §4.3.1): the listener keeps nothing of an induction. The upper 28 bits are
 * a keyed hash of the sender's address, the time and the facts; the facts are the lower four bits.
 */
export class SrtCookies {
  readonly #secret = randomBytes(32)
  readonly #periodMs: number

  constructor(periodMs: number) {
    this.#periodMs = periodMs
  }

  make(remote: string, facts: InductionFacts, now: number): number {
    const version = facts.version === 4 ? 0 : facts.version === 5 ? 1 : 2
    return this.#hash(remote, (facts.cookieZero ? 0 : 4) | version, this.#period(now))
  }

  /** Null when it is not one of ours for this sender, or too old. */
  check(cookie: number, remote: string, now: number): InductionFacts | null {
    const bits = cookie & 15
    const period = this.#period(now)
    const holds = [period, period - 1].some((at) => this.#hash(remote, bits, at) === cookie)
    if (!holds) return null
    return { version: [4, 5][bits & 3] ?? 0, cookieZero: (bits & 4) === 0 }
  }

  #period(now: number): number {
    return Math.floor(now / this.#periodMs)
  }

  #hash(remote: string, bits: number, period: number): number {
    const text = `${remote} ${bits} ${period}`
    const hash = createHmac('sha256', this.#secret).update(text).digest().readUInt32BE(0)
    // Never 0, which is how a caller without a cookie asks for one.
    return ((hash & 0xfffffff0) | bits) >>> 0 || 16
  }
}
