import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import {
  AmfEcmaArray,
  AmfReference,
  AmfTypedObject,
  AmfUnsupported,
  type AmfValue,
  AmfXml,
} from './amf0.ts'
import { decodeAmf0 } from './amf0-decode.ts'
import { encodeAmf0 } from './amf0-encode.ts'
import { amfToJson } from './amf0-json.ts'

/** Keys that JavaScript would sort to the front are left out: order is part of what is compared. */
const key = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' })

const { value } = fc.letrec<{ value: AmfValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.boolean(),
    fc.string({ unit: 'grapheme' }),
    fc.constant(null),
    fc.constant(undefined),
    fc.date({ noInvalidDate: true }),
    fc.integer({ min: 0, max: 65535 }).map((index) => new AmfReference(index)),
    fc.string({ unit: 'grapheme' }).map((text) => new AmfXml(text)),
    fc.constant(new AmfUnsupported()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }).map((fields) => new AmfEcmaArray(fields)),
    fc
      .tuple(fc.string({ maxLength: 8 }), fc.dictionary(key, tie('value'), { maxKeys: 4 }))
      .map(([name, fields]) => new AmfTypedObject(name, fields)),
  ),
}))

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  return 'none'
}

describe('AMF0', () => {
  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        expect(decodeAmf0(encodeAmf0(...values))).toEqual(values)
      }),
    )
  })

  it('throws nothing but WireError for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        codeOf(() => decodeAmf0(bytes).map((item) => JSON.stringify(amfToJson(item))))
      }),
      { numRuns: 500 },
    )
  })

  it('throws nothing but WireError for good bytes with one of them changed or the end cut', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), fc.nat(), (item, where, byte, cut) => {
        const bytes = encodeAmf0(item)
        bytes[where % bytes.length] = byte
        codeOf(() => decodeAmf0(bytes.subarray(0, bytes.length - (cut % bytes.length))))
      }),
    )
  })

  it('writes a command exactly as the specification lays it out', () => {
    expect(encodeAmf0('a', 1, null, { b: true }).toString('hex')).toBe(
      '02000161 003ff0000000000000 05 03 000162 0101 000009'.replaceAll(' ', ''),
    )
  })

  it('keeps a __proto__ key as data', () => {
    const bytes = Buffer.concat([
      Buffer.from([3, 0, 9]),
      Buffer.from('__proto__'),
      encodeAmf0({ polluted: true }),
      Buffer.from([0, 0, 9]),
    ])
    const [object] = decodeAmf0(bytes)
    expect(Object.keys(object as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(JSON.stringify(amfToJson(object))).toBe('{"__proto__":{"polluted":true}}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('refuses 20,000 nested objects', () => {
    const bomb = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from([3, 0, 1, 97])))
    expect(codeOf(() => decodeAmf0(bomb))).toBe('LP_AMF_DEPTH')
  })

  it('refuses a strict array that claims four thousand million values', () => {
    expect(codeOf(() => decodeAmf0(Buffer.from([10, 255, 255, 255, 255, 5])))).toBe('LP_AMF_COUNT')
  })

  it('refuses strings past the limit and past the end', () => {
    expect(codeOf(() => decodeAmf0(Buffer.from([12, 255, 255, 255, 255, 65])))).toBe(
      'LP_AMF_STRING',
    )
    expect(codeOf(() => decodeAmf0(Buffer.from([2, 0, 5, 65])))).toBe('LP_WIRE_SHORT')
    expect(codeOf(() => decodeAmf0(Buffer.from([0, 63])))).toBe('LP_WIRE_SHORT')
  })

  it('refuses reserved types and too many values', () => {
    expect(codeOf(() => decodeAmf0(Buffer.from([4])))).toBe('LP_AMF_MARKER')
    expect(codeOf(() => decodeAmf0(Buffer.from([0x11])))).toBe('LP_AMF_MARKER')
    expect(codeOf(() => decodeAmf0(Buffer.alloc(5000, 5)))).toBe('LP_AMF_COUNT')
  })

  it('writes long strings with their own marker', () => {
    const text = 'x'.repeat(65_536)
    const bytes = encodeAmf0(text)
    expect(bytes[0]).toBe(12)
    expect(decodeAmf0(bytes)).toEqual([text])
  })
})
