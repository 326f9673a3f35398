import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeStamp } from '../../../measure/stamp.ts'
import { findStamps } from './stamps.ts'

function box(type: string, ...bodies: Uint8Array[]): Buffer {
  const body = Buffer.concat(bodies)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

const sample = (frame: number, timeUs: number) => {
  const nal = writeStamp({ streamTag: '0a1b2c3d', frame, timeUs })
  const length = Buffer.alloc(4)
  length.writeUInt32BE(nal.length)
  return Buffer.concat([length, nal, Buffer.alloc(900, 0x6c)])
}

test('each fragment of a part gives its stamp', () => {
  const bytes = Buffer.concat([
    box('styp', Buffer.alloc(16)),
    box('moof', Buffer.alloc(120)),
    box('mdat', sample(41, 1_000_001)),
    box('moof', Buffer.alloc(120)),
    box('mdat', sample(42, 1_033_334)),
  ])
  expect(findStamps(bytes)).toEqual([
    { frame: 41, timeUs: 1_000_001 },
    { frame: 42, timeUs: 1_033_334 },
  ])
})

test('media without a stamp, and bytes that are no media, give none and do no harm', () => {
  expect(findStamps(box('mdat', Buffer.alloc(500, 0x65)))).toEqual([])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, boxed) => {
      expect(findStamps(boxed ? box('mdat', bytes) : bytes)).toEqual([])
    }),
  )
})

test('a stamp that is cut off is not read wrongly', () => {
  const whole = box('mdat', sample(123_456, 7_000_000))
  for (let length = 0; length < whole.length; length++) {
    const found = findStamps(whole.subarray(0, length))
    if (found.length > 0 && length >= 70)
      expect(found).toEqual([{ frame: 123_456, timeUs: 7_000_000 }])
  }
  expect(findStamps(whole)).toEqual([{ frame: 123_456, timeUs: 7_000_000 }])
})
