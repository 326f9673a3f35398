import { WireError } from '../errors.ts'
import {
  AmfEcmaArray,
  AmfMarker,
  type AmfObject,
  AmfReference,
  AmfTypedObject,
  AmfUnsupported,
  type AmfValue,
  AmfXml,
} from './amf0.ts'
import { ByteReader } from './bytes.ts'
import { type AmfLimits, DEFAULT_AMF_LIMITS } from './limits.ts'

/**
 * Every AMF0 value in `bytes`, in order.
 * Throws `LP_WIRE_SHORT` when cut, `LP_AMF_DEPTH`, `LP_AMF_COUNT`, `LP_AMF_STRING` past a limit
 * (before anything of that size is allocated), `LP_AMF_MARKER` for a type that AMF0 reserves.
 */
export function decodeAmf0(bytes: Uint8Array, limits: AmfLimits = DEFAULT_AMF_LIMITS): AmfValue[] {
  const decoder = new Amf0Decoder(bytes, limits)
  const values: AmfValue[] = []
  while (decoder.remaining > 0) values.push(decoder.value())
  return values
}

/** Reads values one at a time, for callers that stop early. */
export class Amf0Decoder {
  readonly #reader: ByteReader
  readonly #limits: AmfLimits
  #values = 0
  #depth = 0

  constructor(bytes: Uint8Array, limits: AmfLimits = DEFAULT_AMF_LIMITS) {
    this.#reader = new ByteReader(bytes)
    this.#limits = limits
  }

  get remaining(): number {
    return this.#reader.remaining
  }

  value(): AmfValue {
    this.#values += 1
    if (this.#values > this.#limits.maxValues) {
      throw new WireError('LP_AMF_COUNT', `more than ${this.#limits.maxValues} AMF values`)
    }
    const reader = this.#reader
    const marker = reader.u8()
    switch (marker) {
      case AmfMarker.number:
        return reader.f64()
      case AmfMarker.boolean:
        return reader.u8() !== 0
      case AmfMarker.string:
        return this.#text(reader.u16())
      case AmfMarker.object:
        return this.#fields()
      case AmfMarker.null:
        return null
      case AmfMarker.undefined:
        return undefined
      case AmfMarker.reference:
        return new AmfReference(reader.u16())
      case AmfMarker.ecmaArray:
        reader.skip(4) // the count is a hint; the end marker decides
        return new AmfEcmaArray(this.#fields())
      case AmfMarker.strictArray:
        return this.#array(reader.u32())
      case AmfMarker.date: {
        const time = reader.f64()
        reader.skip(2) // time zone: reserved, to be ignored (2.13)
        return new Date(time)
      }
      case AmfMarker.longString:
        return this.#text(reader.u32())
      case AmfMarker.unsupported:
        return new AmfUnsupported()
      case AmfMarker.xmlDocument:
        return new AmfXml(this.#text(reader.u32()))
      case AmfMarker.typedObject:
        return new AmfTypedObject(this.#text(reader.u16()), this.#fields())
      default:
        throw new WireError('LP_AMF_MARKER', `AMF0 has no type 0x${marker.toString(16)} here`)
    }
  }

  #text(length: number): string {
    if (length > this.#limits.maxStringBytes) {
      throw new WireError(
        'LP_AMF_STRING',
        `AMF string of ${length} bytes, limit ${this.#limits.maxStringBytes}`,
      )
    }
    return this.#reader.text(length)
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > this.#limits.maxDepth) {
      throw new WireError('LP_AMF_DEPTH', `AMF values nested deeper than ${this.#limits.maxDepth}`)
    }
  }

  #fields(): AmfObject {
    this.#enter()
    const fields = Object.create(null) as AmfObject
    for (;;) {
      const key = this.#text(this.#reader.u16())
      if (key === '' && this.#reader.bytes[this.#reader.position] === AmfMarker.objectEnd) {
        this.#reader.skip(1)
        break
      }
      fields[key] = this.value()
    }
    this.#depth -= 1
    return fields
  }

  #array(count: number): AmfValue[] {
    // Each value takes a byte at least, so a count beyond the bytes is a lie.
    if (count > this.#reader.remaining || count > this.#limits.maxValues) {
      throw new WireError(
        'LP_AMF_COUNT',
        `strict array of ${count}, ${this.#reader.remaining} bytes left`,
      )
    }
    this.#enter()
    const values: AmfValue[] = []
    for (let i = 0; i < count; i++) values.push(this.value())
    this.#depth -= 1
    return values
  }
}
