import { WireError } from '../errors.ts'

/** UTF-8 as senders really write it: bad sequences become U+FFFD instead of ending a session. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const utf8Encoder = new TextEncoder()

export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

export function encodeUtf8(text: string): Uint8Array {
  return utf8Encoder.encode(text)
}

/** Four ASCII characters as the unsigned number that the wire carries, and back. */
export function fourCC(text: string): number {
  return (
    ((text.charCodeAt(0) << 24) |
      (text.charCodeAt(1) << 16) |
      (text.charCodeAt(2) << 8) |
      text.charCodeAt(3)) >>>
    0
  )
}

export function fourCCText(value: number): string {
  return String.fromCharCode(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255)
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Reads big-endian values in order; every read is checked and throws `LP_WIRE_SHORT`. */
export class ByteReader {
  readonly bytes: Uint8Array
  position: number
  readonly #view: DataView

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.position = position
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.bytes.length - this.position
  }

  #advance(count: number): number {
    const at = this.position
    if (count < 0 || at + count > this.bytes.length) {
      throw new WireError(
        'LP_WIRE_SHORT',
        `needs ${count} bytes at offset ${at}, only ${this.bytes.length - at} are there`,
      )
    }
    this.position = at + count
    return at
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2))
  }

  u24(): number {
    const at = this.#advance(3)
    return (this.#view.getUint8(at) << 16) | this.#view.getUint16(at + 1)
  }

  /** Signed 24 bits. */
  s24(): number {
    return (this.u24() << 8) >> 8
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4))
  }

  s16(): number {
    return this.#view.getInt16(this.#advance(2))
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8))
  }

  /** A view of the next bytes, not a copy. */
  take(count: number): Uint8Array {
    const at = this.#advance(count)
    return this.bytes.subarray(at, at + count)
  }

  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  skip(count: number): void {
    this.#advance(count)
  }

  text(count: number): string {
    return decodeUtf8(this.take(count))
  }
}

/** Writes big-endian values into a buffer that grows. */
export class ByteWriter {
  #bytes: Buffer
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  get length(): number {
    return this.#length
  }

  #reserve(count: number): number {
    const at = this.#length
    if (at + count > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(at + count, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
    }
    this.#length = at + count
    return at
  }

  u8(value: number): this {
    const at = this.#reserve(1)
    this.#bytes[at] = value & 0xff
    return this
  }

  u16(value: number): this {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16BE(value & 0xffff, at)
    return this
  }

  u24(value: number): this {
    const at = this.#reserve(3)
    this.#bytes[at] = (value >> 16) & 0xff
    this.#bytes.writeUInt16BE(value & 0xffff, at + 1)
    return this
  }

  u32(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeUInt32BE(value >>> 0, at)
    return this
  }

  u32le(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeUInt32LE(value >>> 0, at)
    return this
  }

  f64(value: number): this {
    const at = this.#reserve(8)
    this.#bytes.writeDoubleBE(value, at)
    return this
  }

  bytes(value: Uint8Array): this {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** What was written; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
