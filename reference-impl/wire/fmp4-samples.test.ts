import fc from 'fast-check'
import { expect, it } from 'vitest'
import { writeFragment } from './fmp4-fragment.ts'
import { samplesOf } from './fmp4-samples.ts'

const sample = fc.record({
  data: fc.uint8Array({ maxLength: 40 }),
  duration: fc.integer({ min: 1, max: 0xffffffff }),
  compositionOffset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  key: fc.boolean(),
})
const track = fc.record({
  id: fc.integer({ min: 1, max: 2 }),
  decodeTime: fc.nat(2 ** 50),
  samples: fc.array(sample, { maxLength: 5 }),
})

it('reads back every sample that was written, with its times and bytes', () => {
  fc.assert(
    fc.property(fc.array(track, { maxLength: 2 }), (tracks) => {
      const expected = tracks.flatMap(({ id, decodeTime, samples }) => {
        let time = decodeTime
        return samples.map(({ data, ...rest }) => {
          const one = { trackId: id, decodeTime: time, ...rest, data: Buffer.from(data) }
          time += rest.duration
          return one
        })
      })
      expect(samplesOf(writeFragment(1, tracks))).toEqual(expected)
    }),
  )
})

it('takes no other fragment for one of ours', () => {
  const fragment = writeFragment(1, [{ id: 1, decodeTime: 0, samples: [] }])
  expect(() => samplesOf(fragment.subarray(0, 30))).toThrow()
})
