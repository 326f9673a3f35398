import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Amf0, amf0All } from '../craft/amf0.ts'
import { readAmf0All } from './amf0-reader.ts'

const value: fc.Arbitrary<Amf0> = fc.letrec<{ value: Amf0 }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.double({ noNaN: true }),
    fc.string({ maxLength: 40 }),
    fc.boolean(),
    fc.constant(null),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), tie('value'), {
      noNullPrototype: true,
    }),
  ),
})).value

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      expect(readAmf0All(amf0All(...values))).toEqual({ values, complete: true })
    }),
  )
})

test('any bytes give a list, and say when it is not whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { values, complete } = readAmf0All(Buffer.from(bytes))
      expect(values.length).toBeLessThanOrEqual(bytes.length)
      if (bytes.length > 0 && values.length === 0) expect(complete).toBe(false)
    }),
  )
  expect(readAmf0All(Buffer.from('0affffffff', 'hex')).complete).toBe(false)
})
