import { expect, test } from 'vitest'
import type { ViewerKind } from '../../load/engine.ts'
import { Schedule } from './schedule.ts'

const kind = (weight: number): ViewerKind => ({
  name: `${weight}`,
  format: 'h5live',
  weight,
  urls: ['ws://127.0.0.1/a', 'ws://127.0.0.1/b'],
})
const options = { kinds: [kind(8), kind(2)], arrival: 'poisson', seed: 3 } as const

test('viewers come by weight, each to the next address, within the ramp', () => {
  const arrivals = new Schedule(options).next(1000, 500, 2000)
  expect(arrivals.filter(({ kind }) => kind === 0)).toHaveLength(800)
  const times = arrivals.map(({ at }) => at)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(Math.min(...times)).toBeGreaterThanOrEqual(500)
  expect(Math.max(...times)).toBeLessThan(2500)
  expect(arrivals.filter(({ kind }) => kind === 1).map(({ url }) => url)).toEqual(
    Array.from({ length: 200 }, (_, i) => i),
  )
})

test('the gaps between arrivals of Poisson scatter as they should, and as the seed says', () => {
  const times = new Schedule(options).next(2000, 0, 2000).map(({ at }) => at)
  const gaps = times.slice(1).map((at, i) => at - times[i]!)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
  // Exponential: the standard deviation is the mean.
  expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.9)
  expect(Math.sqrt(variance) / mean).toBeLessThan(1.1)
  expect(new Schedule(options).next(2000, 0, 2000).map(({ at }) => at)).toEqual(times)
})

test('even arrivals are even, and a storm is at once', () => {
  const even = new Schedule({ ...options, arrival: 'even' })
  expect(even.next(4, 100, 400).map(({ at }) => at)).toEqual([100, 200, 300, 400])
  const storm = even.next(4000, 600, 0)
  expect(new Set(storm.map(({ at }) => at))).toEqual(new Set([600]))
})
