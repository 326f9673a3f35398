import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

test('records ms with µs resolution', () => {
  const histogram = new Histogram()
  for (const ms of [0.012, 0.5, 1.25, 3, 250]) histogram.record(ms)
  expect(histogram.count).toBe(5)
  expect(histogram.min).toBe(0.012)
  expect(histogram.max).toBe(250)
  expect(histogram.percentile(50)).toBeCloseTo(1.25, 3)
  expect(histogram.mean).toBeCloseTo(50.9524, 4)
})

test('an empty histogram has figures of zero samples and no bounds', () => {
  const histogram = new Histogram()
  expect(histogram.figures()).toMatchObject({ count: 0, min: 0, p99: 0, max: 0, mean: 0 })
  expect(histogram.bounds(50)).toEqual({ low: null, high: null })
})

test('a sample below zero is a clock problem and is counted as one', () => {
  const histogram = new Histogram(0.2)
  histogram.record(-0.1)
  histogram.record(-5)
  expect(histogram.figures()).toMatchObject({ count: 2, negative: 1, errorBoundMs: 0.2 })
})

test('refuses what is no duration', () => {
  expect(() => new Histogram().record(Number.NaN)).toThrow(RangeError)
  expect(() => new Histogram().record(Number.POSITIVE_INFINITY)).toThrow(RangeError)
  expect(() => new Histogram(-1)).toThrow(RangeError)
  expect(() => new Histogram().percentile(101)).toThrow(RangeError)
})

const samples = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1 })

test('every percentile is a recorded value to 0.1 % (plus 1 µs)', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 99 }), (values, p) => {
      const histogram = new Histogram()
      for (const value of values) histogram.record(value)
      const sorted = values.toSorted((a, b) => a - b)
      const truth = sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!
      expect(Math.abs(histogram.percentile(p) - truth)).toBeLessThanOrEqual(truth * 0.001 + 0.001)
    }),
  )
})

test('merging two equals recording all, and survives base64', () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const [left, right, all] = [new Histogram(), new Histogram(), new Histogram()]
      for (const value of a) left.record(value)
      for (const value of b) right.record(value)
      for (const value of [...a, ...b]) all.record(value)
      left.merge(right)
      const { mean, histogram: _, ...merged } = left.figures()
      const { mean: meanOfAll, histogram: __, ...recorded } = all.figures()
      expect(merged).toEqual(recorded)
      expect(mean).toBeCloseTo(meanOfAll, 6)
      const decoded = Histogram.decode(left.encode())
      expect(decoded.count).toBe(all.count)
      for (const p of [50, 95, 99]) {
        expect(Math.abs(decoded.percentile(p) - all.percentile(p))).toBeLessThanOrEqual(
          all.percentile(p) * 0.001 + 0.001,
        )
      }
    }),
    { numRuns: 50 },
  )
})

test('a merged histogram can still grow beyond what was decoded', () => {
  const histogram = Histogram.decode(new Histogram().encode())
  histogram.record(500_000)
  expect(histogram.percentile(50)).toBeCloseTo(500_000, -3)
})

test('a histogram that was reset knows nothing of what came before', () => {
  const histogram = new Histogram()
  histogram.record(-5)
  histogram.record(70)
  histogram.reset()
  histogram.record(2)
  expect(histogram.figures()).toMatchObject({ count: 1, min: 2, max: 2, mean: 2, negative: 0 })
})

test('what is merged is only as exact as the less exact of the two', () => {
  const [all, mapped] = [new Histogram(0.001), new Histogram(0.8)]
  all.merge(mapped)
  expect(all.errorBoundMs).toBe(0.001)
  mapped.record(5)
  all.merge(mapped)
  expect(all.errorBoundMs).toBe(0.8)
})
