import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LatencyBuckets } from './latency-buckets.ts'

test('a percentile is at most an eighth of an octave above the sample at its rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 100 }),
      (samples, p) => {
        const buckets = new LatencyBuckets()
        for (const ms of samples) buckets.add(ms)
        const sorted = samples.toSorted((a, b) => a - b)
        const exact = sorted[Math.ceil((samples.length * p) / 100) - 1]!
        const said = buckets.percentile(p)
        expect(said).toBeGreaterThanOrEqual(exact * 0.9999)
        expect(said).toBeLessThanOrEqual(exact * 2 ** (1 / 8) * 1.0001)
      },
    ),
  )
})

test('a full bucket takes no more, and percentiles stay right', () => {
  const buckets = new LatencyBuckets()
  for (let i = 0; i < 70_000; i++) buckets.add(5)
  expect(buckets.count).toBe(65_535)
  expect(buckets.percentile(99)).toBeCloseTo(5, 0)
  buckets.reset()
  expect(buckets.percentile(99)).toBe(0)
})
