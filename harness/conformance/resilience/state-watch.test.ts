import { expect, test } from 'vitest'
import { untrueStates } from './state-watch.ts'

/** A frame each 33 ms from 0 s to 3 s, and again from 8 s to 11 s. */
const arrivals = [0, 8_000].flatMap((from) => Array.from({ length: 91 }, (_, i) => from + i * 33))
const seenAt = (at: number, state: unknown) => ({ asked: at, answered: at + 5, state })

test('live while frames arrive, and anything of both while none do, is true', () => {
  const seen = [seenAt(1_500, 'live'), seenAt(4_000, 'live'), seenAt(6_000, 'ended')]
  expect(untrueStates(seen, arrivals)).toEqual([])
})

test('ended in the middle of frames is not true, once the state had its time to follow', () => {
  expect(untrueStates([seenAt(8_500, 'ended')], arrivals)).toEqual([])
  expect(untrueStates([seenAt(9_500, 'ended')], arrivals)).toHaveLength(1)
})

test('a stream that was live is never created again', () => {
  expect(untrueStates([seenAt(5_000, 'created')], arrivals)).toEqual(['the state was "created"'])
})
