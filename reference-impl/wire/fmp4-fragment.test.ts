import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boxesOf, readFragment } from '../live/testing/walk-boxes.ts'
import { writeFragment } from './fmp4-fragment.ts'

const sample = fc.record({
  data: fc.uint8Array({ maxLength: 50 }),
  duration: fc.integer({ min: 1, max: 0xffffffff }),
  compositionOffset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  key: fc.boolean(),
})
const track = fc.record({
  id: fc.integer({ min: 1, max: 2 }),
  decodeTime: fc.nat(Number.MAX_SAFE_INTEGER),
  samples: fc.array(sample, { maxLength: 5 }),
})

it('writes what it is given, behind the headroom, and points at each sample', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffffffff),
      fc.array(track, { maxLength: 2 }),
      fc.nat(20),
      (sequence, tracks, headroom) => {
        const media = writeFragment(sequence, tracks, headroom).subarray(headroom)
        expect(boxesOf(media).map(({ type }) => type)).toEqual(['moof', 'mdat'])
        const read = readFragment(media)
        expect(read.sequence).toBe(sequence)
        expect(read.tracks).toEqual(
          tracks.map(({ id, decodeTime, samples }) => ({
            id,
            decodeTime,
            samples: samples.map(({ data, ...rest }) => ({ ...rest, size: data.length })),
          })),
        )
        const payload = tracks.flatMap(({ samples }) => samples.map(({ data }) => data))
        const mdat = boxesOf(media)[1]!
        expect(Buffer.compare(media.subarray(mdat.start), Buffer.concat(payload))).toBe(0)
      },
    ),
  )
})
