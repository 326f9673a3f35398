import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thin } from './thin.ts'

const series = fc
  .array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 600 })
  .map((values) => values.map((value, t): [number, number] => [t, value]))

test('keeps the ends, the extremes and the order, and never more than the limit', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 4, max: 100 }), (points, limit) => {
      const thinned = thin(points, limit)
      expect(thinned.length).toBeLessThanOrEqual(limit)
      expect(thinned[0]).toEqual(points[0])
      expect(thinned.at(-1)).toEqual(points.at(-1))
      const values = points.map(([, value]) => value)
      const kept = thinned.map(([, value]) => value)
      expect(Math.max(...kept)).toBe(Math.max(...values))
      expect(Math.min(...kept)).toBe(Math.min(...values))
      const times = thinned.map(([t]) => t)
      expect(times).toEqual([...times].sort((a, b) => a - b))
    }),
  )
})

test('leaves a short series as it is', () => {
  expect(
    thin(
      [
        [0, 1],
        [1, 2],
      ],
      4,
    ),
  ).toEqual([
    [0, 1],
    [1, 2],
  ])
})
