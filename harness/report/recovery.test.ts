import { expect, test } from 'vitest'
import { recoveryMs } from './recovery.ts'

const trouble = { from: 2_000, to: 4_000 }

/** A frame each 40 ms from 0 to 10 s whose latency `ms` says; null: it does not come. */
function frames(ms: (at: number) => number | null): [number, number][] {
  return Array.from({ length: 250 }, (_, i) => i * 40).flatMap((at): [number, number][] => {
    const value = ms(at)
    return value === null ? [] : [[at, value]]
  })
}

test('it has recovered with the first frame from which on all are as usual', () => {
  const latency = frames((at) => (at < 2_000 ? 60 : at < 5_000 ? null : at < 6_200 ? 900 : 70))
  expect(recoveryMs({ latency, stalls: [{ at: 2_000, until: 5_000 }] }, trouble)).toBe(2_200)
})

test('trouble that nobody noticed costs the wait for the next frame at most', () => {
  const latency = frames(() => 60)
  expect(recoveryMs({ latency, stalls: [] }, { from: 2_000, to: 4_010 })).toBe(30)
})

test('a good moment between two bad ones is no recovery', () => {
  const latency = frames((at) => (at < 2_000 ? 60 : at > 4_500 && at < 5_000 ? 60 : 800))
  expect(recoveryMs({ latency, stalls: [] }, trouble)).toBeNull()
  const later = frames((at) => (at < 2_000 || at > 8_000 ? 60 : at % 900 < 400 ? 60 : 800))
  expect(recoveryMs({ latency: later, stalls: [] }, trouble)).toBe(4_040)
})

test('a stall after good frames sets it back', () => {
  const latency = frames((at) => (at > 4_400 && at < 5_600 ? null : 60))
  expect(recoveryMs({ latency, stalls: [{ at: 4_400, until: 5_600 }] }, trouble)).toBe(1_600)
})

test('without frames from before, or with none after, there is nothing to say', () => {
  expect(
    recoveryMs({ latency: frames((at) => (at < 3_000 ? null : 60)), stalls: [] }, trouble),
  ).toBeNull()
  expect(
    recoveryMs({ latency: frames((at) => (at < 2_000 ? 60 : null)), stalls: [] }, trouble),
  ).toBeNull()
})
