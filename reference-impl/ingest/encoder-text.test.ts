import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encoderTextOf } from './encoder-text.ts'

const UUID = Buffer.from('dc45e9bde6d948b7962cd820d923eeef', 'hex')

it('finds what x264 says of itself, wherever it stands', () => {
  const text = 'x264 - core 164 r3095 baee400 - options: keyint=250 bframes=3'
  const unit = Buffer.concat([
    Buffer.from([0, 0, 0, 99, 6, 5, 88]),
    UUID,
    Buffer.from(`${text}\0`),
    Buffer.alloc(500, 0x65),
  ])
  expect(encoderTextOf(unit)).toBe(text)
  expect(encoderTextOf(unit.subarray(0, 10))).toBeNull()
})

it('keeps a thousand printable characters at most, of whatever bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
      const text = encoderTextOf(Buffer.concat([UUID, bytes]))
      expect(text === null || /^[ -~]{1,1000}$/.test(text)).toBe(true)
    }),
  )
})
