import fc from 'fast-check'
import { expect, test } from 'vitest'
import { embedJson } from './embed.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '</script>',
    '<!--',
    '<script>',
    ']]>',
    '\u2028',
    '\u2029',
    '</SCRIPT ',
    '\ud800',
  ),
)

test('no string can leave its script element, and every string comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(hostile), fc.dictionary(hostile, hostile), (list, named) => {
      const text = embedJson({ list, named })
      expect(text).not.toMatch(/[<>&\u2028\u2029]/)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ list, named })))
    }),
  )
})
