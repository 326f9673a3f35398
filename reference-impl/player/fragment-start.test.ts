import fc from 'fast-check'
import { expect, it } from 'vitest'
import { writeFragment } from '../wire/fmp4-fragment.ts'
import { fragmentStart } from './fragment-start.ts'

function fragment(time: number, key: boolean): ArrayBuffer {
  const sample = { data: new Uint8Array(9), duration: 3_000, compositionOffset: 0, key }
  const sound = { id: 2, decodeTime: 77, samples: [{ ...sample, key: true }] }
  const bytes = writeFragment(1, [sound, { id: 1, decodeTime: time, samples: [sample] }], 0)
  return Uint8Array.from(bytes).buffer
}

it('says where the pictures of a fragment begin, and whether with a key frame', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), fc.boolean(), (time, key) => {
      expect(fragmentStart(fragment(time, key))).toEqual({ time: time / 90_000, key })
    }),
  )
})

it('never throws, whatever comes', () => {
  const whole = new Uint8Array(fragment(90_000, true))
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (cut, at, value) => {
      const broken = whole.slice(0, cut)
      if (at < broken.length) broken[at] = value
      try {
        fragmentStart(broken.buffer)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})
