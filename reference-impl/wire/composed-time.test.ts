import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readComposedTime } from './composed-time.ts'
import { MAX_UNITS_LOOKED_AT } from './limits.ts'
import { joinLengthPrefixed } from './nal.ts'
import { bpmData, sei, stampData } from './testing/composed-sei.ts'
import { readCorpus } from './testing/read-corpus.ts'

const USER_DATA = 5
const WALL = Date.UTC(2024, 4, 31, 12, 26, 3, 591)
const stampOf = (ms: number) => sei([[USER_DATA, stampData(ms)]])
const bpm = sei([[USER_DATA, bpmData(WALL)]])
const SLICE = { avc1: Uint8Array.of(0x65, 1, 2), hvc1: Uint8Array.of(0x26, 1, 2) } as const
const read = (...units: Uint8Array[]) => readComposedTime(joinLengthPrefixed(units), 'avc1')

const codec = fc.constantFrom('avc1' as const, 'hvc1' as const)
/** Other messages around the one that counts, zeros included, which need emulation prevention. */
const others = fc.array(
  fc.tuple(
    fc.constantFrom(0, 1, 4, 5, 300),
    fc.array(fc.constantFrom(0, 0, 0, 1, 3, 255), { maxLength: 40 }).map((it) => Buffer.from(it)),
  ),
  { maxLength: 5 },
)

describe('The composed time of an access unit', () => {
  it('is that of our stamp, or of OBS, whatever is around it', () => {
    const us = fc.integer({ min: 0, max: 2 ** 50 })
    const wall = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    const time = fc.oneof(
      us.map((it) => ({ data: stampData(it / 1000), clock: 'monotonic', ms: it / 1000 })),
      wall.map((it) => ({ data: bpmData(it.getTime()), clock: 'wall', ms: it.getTime() })),
    )
    fc.assert(
      fc.property(time, codec, others, others, ({ data, clock, ms }, kind, before, after) => {
        const message = sei([...before, [USER_DATA, data], ...after], kind)
        for (const units of [
          [message, SLICE[kind]],
          [SLICE[kind], message],
        ]) {
          expect(readComposedTime(joinLengthPrefixed(units), kind)).toEqual({ clock, ms })
        }
      }),
    )
  })

  it('is the finer one where there are both', () => {
    const both = { clock: 'monotonic', ms: 12.345 }
    expect(read(bpm, stampOf(12.345), SLICE.avc1)).toEqual(both)
    const messages = [bpmData(WALL), stampData(12.345)].map((data) => [USER_DATA, data] as const)
    expect(read(sei(messages))).toEqual(both)
  })

  it('is not looked for in slices, nor in another message', () => {
    expect(read(Buffer.concat([Buffer.of(0x65), stampOf(1)]))).toBeUndefined()
    expect(read(sei([[4, stampData(1)]]))).toBeUndefined()
    expect(readComposedTime(joinLengthPrefixed([stampOf(1)]), 'hvc1')).toBeUndefined()
  })

  it('is looked for in the first NAL units only', () => {
    const slices = (count: number) => Array<Uint8Array>(count).fill(SLICE.avc1)
    expect(read(...slices(MAX_UNITS_LOOKED_AT - 1), stampOf(1))).toBeDefined()
    expect(read(...slices(MAX_UNITS_LOOKED_AT), stampOf(1))).toBeUndefined()
    const long = sei([
      [USER_DATA, Buffer.alloc(2000, 1)],
      [USER_DATA, stampData(1)],
    ])
    expect(read(long)).toBeUndefined()
    const many = Array<Uint8Array>(8).fill(sei([[4, Buffer.alloc(2, 1)]]))
    expect(read(...many.slice(1), stampOf(1))).toBeDefined()
    expect(read(...many, stampOf(1))).toBeUndefined()
  })

  it('is unknown where its text is no time', () => {
    const text = bpmData(WALL).toString('latin1')
    for (const broken of ['yesterday', '2024-13-31T12:26:03.591Z', 'x'.repeat(300)]) {
      const data = Buffer.from(text.replace(new Date(WALL).toISOString(), broken), 'latin1')
      expect(read(sei([[USER_DATA, data]]))).toBeUndefined()
    }
  })

  it('never throws, and is finite', () => {
    const whole = joinLengthPrefixed([stampOf(1), bpm, SLICE.avc1])
    const changed = fc
      .tuple(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255))
      .map(([keep, at, value]) => {
        const bytes = Buffer.from(whole)
        bytes[at] = value
        return bytes.subarray(0, keep)
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), changed), codec, (bytes, kind) => {
        const found = readComposedTime(bytes, kind)
        if (found !== undefined) expect(Number.isFinite(found.ms)).toBe(true)
      }),
      { numRuns: 1000 },
    )
    let found = 0
    const cases = readCorpus('stamp')
    for (const { bytes } of cases) {
      for (const kind of ['avc1', 'hvc1'] as const) {
        if (readComposedTime(joinLengthPrefixed([bytes]), kind) !== undefined) found += 1
      }
    }
    expect(found).toBeGreaterThan(1)
    expect(found).toBeLessThan(cases.length / 4)
  })
})
