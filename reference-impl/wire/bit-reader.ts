import { WireError } from '../errors.ts'

/** Reads bits, most significant first; every read is checked and throws `LP_WIRE_SHORT`. */
export class BitReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get remaining(): number {
    return this.#bytes.length * 8 - this.#position
  }

  bit(): number {
    if (this.remaining < 1) throw new WireError('LP_WIRE_SHORT', 'bits end too early')
    const byte = this.#bytes[this.#position >> 3] ?? 0
    const bit = (byte >> (7 - (this.#position & 7))) & 1
    this.#position += 1
    return bit
  }

  flag(): boolean {
    return this.bit() === 1
  }

  /** Unsigned, 0–32 bits. */
  u(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value = value * 2 + this.bit()
    return value
  }

  skip(count: number): void {
    if (count > this.remaining) throw new WireError('LP_WIRE_SHORT', 'bits end too early')
    this.#position += count
  }

  /** Exp-Golomb code (H.264 9.1), at most 32 bits. */
  ue(): number {
    let zeros = 0
    while (this.bit() === 0) {
      zeros += 1
      if (zeros > 32) throw new WireError('LP_WIRE_GOLOMB', 'Exp-Golomb code longer than 32 bits')
    }
    return 2 ** zeros - 1 + this.u(zeros)
  }

  se(): number {
    const code = this.ue()
    return code % 2 === 0 ? -(code / 2) : (code + 1) / 2
  }
}
