import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findStamp, STAMP_UUID, type Stamp, stampTimeUs, streamTagOf, writeStamp } from './stamp.ts'

const stamps: fc.Arbitrary<Stamp> = fc.record({
  streamTag: fc.stringMatching(/^[0-9a-f]{8}$/),
  frame: fc.maxSafeNat(),
  timeUs: fc.maxSafeNat(),
})
const codecs = fc.constantFrom('avc' as const, 'hevc' as const)

describe('writeStamp', () => {
  it('makes an SEI user_data_unregistered NAL unit with its size and trailing bits', () => {
    const nal = writeStamp({ streamTag: '0badcafe', frame: 7, timeUs: 123456 })
    expect([...nal.subarray(0, 2)]).toEqual([6, 5])
    expect(nal[2]).toBe(nal.length - 4)
    expect([...nal.subarray(3, 19)]).toEqual([...STAMP_UUID])
    expect(Buffer.from(nal.subarray(19, -1)).toString('latin1')).toBe('LP1 0badcafe 7 123456\n')
    expect(nal.at(-1)).toBe(0x80)
  })

  it('makes a prefix SEI for HEVC', () => {
    const nal = writeStamp({ streamTag: '0badcafe', frame: 7, timeUs: 1 }, 'hevc')
    expect([...nal.subarray(0, 3)]).toEqual([0x4e, 0x01, 5])
  })

  it('never needs emulation prevention, and keeps its size byte below 255', () => {
    fc.assert(
      fc.property(stamps, codecs, (stamp, codec) => {
        const nal = writeStamp(stamp, codec)
        for (let i = 2; i < nal.length; i++) {
          expect(nal[i - 2] === 0 && nal[i - 1] === 0 && (nal[i] ?? 0) <= 3).toBe(false)
        }
        expect(nal.length).toBeLessThan(255)
      }),
    )
  })

  it('refuses what it could not read back', () => {
    expect(() => writeStamp({ streamTag: 'XYZ', frame: 0, timeUs: 0 })).toThrow(RangeError)
    expect(() => writeStamp({ streamTag: '00000000', frame: -1, timeUs: 0 })).toThrow(RangeError)
    expect(() => writeStamp({ streamTag: '00000000', frame: 0, timeUs: 0.5 })).toThrow(RangeError)
  })
})

describe('findStamp', () => {
  it('finds a stamp anywhere in other bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        stamps,
        codecs,
        fc.uint8Array(),
        (before, stamp, codec, after) => {
          const bytes = Buffer.concat([before, writeStamp(stamp, codec), after])
          expect(findStamp(bytes)).toEqual(stamp)
        },
      ),
    )
  })

  it('finds nothing in bytes without the UUID', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => findStamp(bytes) === null))
  })

  it('never throws on a mutated stamp, nor finds one whose UUID or form is gone', () => {
    fc.assert(
      fc.property(stamps, fc.nat(), fc.integer({ min: 1, max: 255 }), (stamp, at, change) => {
        const bytes = writeStamp(stamp)
        const i = at % bytes.length
        bytes[i] = (bytes[i] ?? 0) ^ change
        const found = findStamp(bytes)
        if (i >= 3 && i < 19) expect(found).toBeNull()
        if (found) expect(Number.isSafeInteger(found.timeUs)).toBe(true)
      }),
    )
  })

  it('passes over a broken stamp to a whole one behind it', () => {
    const whole = { streamTag: '01234567', frame: 3, timeUs: 4 }
    const cut = writeStamp({ ...whole, frame: 2 }).subarray(0, 30)
    expect(findStamp(Buffer.concat([cut, writeStamp(whole)]))).toEqual(whole)
  })

  it('reads a view into a larger buffer', () => {
    const whole = { streamTag: '01234567', frame: 3, timeUs: 4 }
    const bytes = Buffer.concat([new Uint8Array(11), writeStamp(whole)])
    expect(findStamp(bytes.subarray(5))).toEqual(whole)
    expect(findStamp(bytes.subarray(0, 20))).toBeNull()
  })
})

describe('stampTimeUs', () => {
  it('is the µs of the monotonic clock', () => {
    const before = process.hrtime.bigint() / 1000n
    const time = BigInt(stampTimeUs())
    expect(time >= before && time <= process.hrtime.bigint() / 1000n).toBe(true)
  })
})

describe('streamTagOf', () => {
  it('is the same for a name with and without parameters, and differs between names', () => {
    expect(streamTagOf('ABCDE-XYZ12?token=1')).toBe(streamTagOf('ABCDE-XYZ12'))
    expect(streamTagOf('ABCDE-XYZ12')).not.toBe(streamTagOf('ABCDE-XYZ13'))
    expect(streamTagOf('ABCDE-XYZ12')).toMatch(/^[0-9a-f]{8}$/)
  })
})
