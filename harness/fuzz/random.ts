/**
 * A small seeded generator (SplitMix32): the same seed and index give the same input everywhere,
 * so that a finding can be replayed from two numbers.
 */
export class Random {
  #state: number

  constructor(seed: number, index = 0) {
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul((index + 1) | 0, 0x85ebca6b)) | 0
    this.next()
  }

  /** 0 to 2^32 − 1 */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let value = this.#state ^ (this.#state >>> 16)
    value = Math.imul(value, 0x21f0aaad)
    value ^= value >>> 15
    value = Math.imul(value, 0x735a2d97)
    return (value ^ (value >>> 15)) >>> 0
  }

  /** 0 to `below` − 1; 0 when `below` is not above 0. */
  int(below: number): number {
    return below > 0 ? this.next() % below : 0
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.int(100) < percent
  }

  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[this.int(list.length)] as T
  }
}
