import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BPM_TIMES_UUID, findBpmTimes } from './bpm.ts'

function message(times: readonly [event: number, text: string][]): Uint8Array {
  const entries = times.map(([event, text]) =>
    Buffer.from(`\x01${String.fromCharCode(event)}${text}\0`),
  )
  return Buffer.concat([BPM_TIMES_UUID, Uint8Array.of(times.length - 1), ...entries])
}

it('reads the four times of OBS', () => {
  const sei = message([
    [1, '2024-05-31T12:26:03.591Z'],
    [2, '2024-05-31T12:26:03.592Z'],
    [3, '2024-05-31T12:26:03.600Z'],
    [4, '2024-05-31T12:26:03.640Z'],
  ])
  const composed = Date.UTC(2024, 4, 31, 12, 26, 3, 591)
  expect(findBpmTimes(Buffer.concat([new Uint8Array(40), sei, new Uint8Array(9)]))).toEqual({
    composed,
    encodeRequested: composed + 1,
    encodeDone: composed + 9,
    interleaved: composed + 49,
  })
})

it('reads what is there when a time is missing or broken', () => {
  expect(findBpmTimes(message([[4, '2024-05-31T12:26:03.640Z']]))).toEqual({
    interleaved: Date.UTC(2024, 4, 31, 12, 26, 3, 640),
  })
  expect(findBpmTimes(message([[1, 'yesterday']]))).toBeNull()
  expect(findBpmTimes(BPM_TIMES_UUID)).toBeNull()
  expect(findBpmTimes(new Uint8Array(100))).toBeNull()
})

it('never throws, and gives finite times only', () => {
  const sei = message([
    [1, '2024-05-31T12:26:03.591Z'],
    [4, '2024-05-31T12:26:03.640Z'],
  ])
  fc.assert(
    fc.property(fc.nat(sei.length), fc.uint8Array(), (keep, tail) => {
      const found = findBpmTimes(Buffer.concat([sei.subarray(0, keep), tail]))
      for (const time of Object.values(found ?? {})) expect(Number.isFinite(time)).toBe(true)
    }),
  )
})
