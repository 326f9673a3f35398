import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findStamp, writeStamp } from '../../measure/stamp.ts'
import { found, scanStamp } from './stamp-scan.ts'

const stamp = fc.record({
  streamTag: fc.stringMatching(/^[0-9a-f]{8}$/),
  frame: fc.nat(),
  timeUs: fc.maxSafeNat(),
})

test('a stamp is found wherever it lies, and reads as the reader for all others reads it', () => {
  fc.assert(
    fc.property(
      stamp,
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 60 }),
      (written, before, after) => {
        const bytes = Buffer.concat([before, writeStamp(written), after])
        expect(scanStamp(bytes, 0, bytes.length)).toBe(true)
        expect({ ...found, tag: found.tag.toString(16).padStart(8, '0') }).toEqual({
          tag: written.streamTag,
          frame: written.frame,
          timeUs: written.timeUs,
        })
      },
    ),
  )
})

test('what is no stamp for the reader for all others is none here, whatever is broken', () => {
  fc.assert(
    fc.property(stamp, fc.nat({ max: 70 }), fc.nat({ max: 255 }), (written, at, byte) => {
      const bytes = Buffer.from(writeStamp(written))
      bytes[at % bytes.length] = byte
      const other = findStamp(bytes)
      expect(scanStamp(bytes, 0, bytes.length)).toBe(other !== null)
      if (other) expect([found.frame, found.timeUs]).toEqual([other.frame, other.timeUs])
    }),
  )
})

test('a stamp that is cut off is none', () => {
  const bytes = writeStamp({ streamTag: '0123abcd', frame: 7, timeUs: 123_456 })
  const end = bytes.indexOf(0x0a) + 1
  for (let to = 0; to < end; to++) expect(scanStamp(bytes, 0, to)).toBe(false)
  expect(scanStamp(bytes, 0, end)).toBe(true)
})
