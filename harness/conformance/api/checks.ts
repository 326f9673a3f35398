import type { Evidence, Finding } from '../rule.ts'

const MAX_EVIDENCE = 10

/** Gathers what a probe looked at, and what of it was wrong. */
export class Checks {
  #count = 0
  readonly #deviations: Evidence[] = []

  /** @param otherwise what is wrong, one line; said only where it is */
  that(right: boolean, otherwise: string | (() => string)): boolean {
    this.#count++
    if (!right) {
      this.#deviations.push({ note: typeof otherwise === 'string' ? otherwise : otherwise() })
    }
    return right
  }

  finding(expected: string, asExpected: string): Finding {
    const [first] = this.#deviations
    if (this.#count === 0) return { result: 'skipped', expected, actual: 'nothing was looked at' }
    if (first === undefined) return { result: 'holds', expected, actual: asExpected }
    const more = this.#deviations.length - 1
    return {
      result: 'broken',
      expected,
      actual: more === 0 ? first.note : `${first.note} (and ${more} more)`,
      evidence: this.#deviations.slice(0, MAX_EVIDENCE),
    }
  }
}
