import { expect, test } from 'vitest'
import { ALLOWANCE_MS, recoveryOf, type Watched } from './recovery.ts'

const trouble = { from: 2_000, to: 4_000 }
const END = 10_000

/** A frame each 40 ms from 0 to 10 s whose latency `ms` says; null: it does not come. */
function frames(ms: (at: number) => number | null): [number, number][] {
  return Array.from({ length: 250 }, (_, i) => i * 40).flatMap((at): [number, number][] => {
    const value = ms(at)
    return value === null ? [] : [[at, value]]
  })
}

const recovery = (latency: Watched['latency'], stalls: Watched['stalls'] = [], during = trouble) =>
  recoveryOf({ latency, stalls }, during, END)

test('it has recovered with the first frame from which on all are as usual', () => {
  const latency = frames((at) => (at < 2_000 ? 60 : at < 5_000 ? null : at < 6_200 ? 900 : 70))
  expect(recovery(latency, [{ at: 2_000, until: 5_000 }])).toEqual({ ms: 2_200 })
})

test('usual is the p95 from before, not its median, and the allowance on top', () => {
  // One frame in ten came after 300 ms.
  const before = (at: number) => (at % 400 === 40 ? 300 : 60)
  const after = (ms: number) => frames((at) => (at < 2_000 ? before(at) : at < 5_000 ? 2_000 : ms))
  expect(recovery(after(300 + ALLOWANCE_MS))).toEqual({ ms: 1_000 })
  expect(recovery(after(300 + ALLOWANCE_MS + 1))).toEqual({ notWithinMs: 6_000 })
})

test('trouble that nobody noticed costs the wait for the next frame at most', () => {
  const latency = frames(() => 60)
  expect(recovery(latency, [], { from: 2_000, to: 4_010 })).toEqual({ ms: 30 })
})

test('trouble of a moment is recovered from when the stall after it is over', () => {
  const moment = { from: 2_010, to: 2_010 }
  const latency = frames((at) => (at > 2_040 && at < 5_000 ? null : 60))
  expect(recovery(latency, [{ at: 2_040, until: 5_000 }], moment)).toEqual({ ms: 2_990 })
})

test('a good moment between two bad ones is no recovery', () => {
  const latency = frames((at) => (at < 2_000 ? 60 : at > 4_500 && at < 5_000 ? 60 : 800))
  expect(recovery(latency)).toEqual({ notWithinMs: 6_000 })
  const later = frames((at) => (at < 2_000 || at > 8_000 ? 60 : at % 900 < 400 ? 60 : 800))
  expect(recovery(later)).toEqual({ ms: 4_040 })
})

test('a stall after good frames sets it back', () => {
  const latency = frames((at) => (at > 4_400 && at < 5_600 ? null : 60))
  expect(recovery(latency, [{ at: 4_400, until: 5_600 }])).toEqual({ ms: 1_600 })
})

test('where the scenario ends within the second it must stay so until then, for 100 ms at least', () => {
  const late = (from: number) => frames((at) => (at < 2_000 || at >= from ? 60 : 900))
  expect(recovery(late(9_840))).toEqual({ ms: 5_840 })
  expect(recovery(late(9_920))).toEqual({ notWithinMs: 6_000 })
})

test('frames that never came again are told, with for how long they were waited for', () => {
  const latency = frames((at) => (at < 2_000 ? 60 : null))
  expect(recovery(latency)).toEqual({ notWithinMs: 6_000 })
})

test('without frames from before there is nothing to say', () => {
  expect(recovery(frames((at) => (at < 3_000 ? null : 60)))).toBeNull()
})
