import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../errors.ts'
import { av1CodecString } from '../../wire/av1.ts'
import { RtmpType } from '../../wire/rtmp-messages.ts'
import { splitAggregate } from './aggregate.ts'
import { parsePublishName } from './publish-name.ts'
import { TimestampUnwrapper } from './unwrap.ts'

describe('a publish name', () => {
  it('is split from its parameters', () => {
    expect(parsePublishName('ABCDE-12345')).toEqual({ name: 'ABCDE-12345', params: {} })
    expect(parsePublishName('ABCDE-12345?a=1&b=x%26y&a=2')).toEqual({
      name: 'ABCDE-12345',
      params: { a: '2', b: 'x&y' },
    })
  })

  it('keeps hostile parameters as data, and no more than 32 of them', () => {
    const { params } = parsePublishName('X?__proto__=1&constructor=2')
    expect(Object.entries(params)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    const many = Array.from({ length: 500 }, (_, i) => `k${i}=v`).join('&')
    expect(Object.keys(parsePublishName(`X?${many}`).params)).toHaveLength(32)
  })

  it('is never more than was asked for', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { name } = parsePublishName(text)
        expect(text.startsWith(name)).toBe(true)
        expect(name).not.toContain('?')
      }),
    )
  })
})

describe('the 32-bit clock', () => {
  it('is followed for any steps below 24 days', () => {
    const start = fc.integer({ min: 0, max: 0xffffffff })
    const steps = fc.array(fc.integer({ min: -0x7fffffff, max: 0x7fffffff }), { maxLength: 40 })
    fc.assert(
      fc.property(start, steps, (first, deltas) => {
        const unwrapper = new TimestampUnwrapper()
        let expected = first
        expect(unwrapper.unwrap(first)).toBe(first)
        for (const delta of deltas) {
          expected += delta
          expect(unwrapper.unwrap(((expected % 2 ** 32) + 2 ** 32) % 2 ** 32)).toBe(expected)
        }
      }),
    )
  })
})

describe('random bytes', () => {
  it('as aggregate or av1C throw nothing but WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (payload) => {
        const message = { type: RtmpType.aggregate, streamId: 1, timestamp: 5, payload }
        for (const parse of [() => splitAggregate(message), () => av1CodecString(payload)]) {
          try {
            parse()
          } catch (error) {
            expect(error).toBeInstanceOf(WireError)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
