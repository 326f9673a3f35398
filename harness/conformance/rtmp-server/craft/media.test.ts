import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findStamp } from '../../../measure/stamp.ts'
import { accessUnit } from './media.ts'

test('an access unit has the size that was asked for, and well-formed NAL units', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 400, max: 5_000 }),
      fc.nat(9_999),
      fc.boolean(),
      (size, number, key) => {
        const unit = accessUnit('0badcafe', { number, key, size })
        expect(unit.length).toBe(size)
        let at = 0
        while (at < unit.length) at += 4 + unit.readUInt32BE(at)
        expect(at).toBe(unit.length)
        expect(findStamp(unit)).toMatchObject({ streamTag: '0badcafe', frame: number })
      },
    ),
  )
})

test('no emulation prevention byte is ever needed', () => {
  for (let number = 0; number < 300; number++) {
    const unit = accessUnit('0badcafe', { number, key: number % 2 === 0, size: 300 + number * 7 })
    for (let at = 0; at < unit.length; ) {
      const nal = unit.subarray(at + 4, at + 4 + unit.readUInt32BE(at))
      expect(nal.toString('hex')).not.toMatch(/^(..)*00000[0-3]/)
      at += 4 + nal.length
    }
  }
})
