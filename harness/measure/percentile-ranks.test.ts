import { expect, test } from 'vitest'
import { percentileRanks } from './percentile-ranks.ts'

test('the median of ten samples lies between the 2nd and the 9th (textbook value)', () => {
  expect(percentileRanks(10, 0.5)).toEqual({ low: 2, high: 9 })
})

test('a 99th percentile has no upper bound until there are enough samples', () => {
  // 1 − 0.99^n must reach 97.5 %: n ≥ 368.
  expect(percentileRanks(367, 0.99).high).toBeNull()
  expect(percentileRanks(368, 0.99).high).toBe(368)
})

test('few samples have no lower bound either', () => {
  expect(percentileRanks(3, 0.5)).toEqual({ low: null, high: null })
})

test('the approximation for many samples continues the exact ranks', () => {
  const exact = percentileRanks(9_999, 0.95)
  const approximate = percentileRanks(10_000, 0.95)
  expect(Math.abs(approximate.low! - exact.low!)).toBeLessThanOrEqual(3)
  expect(Math.abs(approximate.high! - exact.high!)).toBeLessThanOrEqual(3)
})

test('bounds really cover the quantile at least about 95 times in 100', () => {
  let seed = 1
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const { low, high } = percentileRanks(200, 0.9)
  let covered = 0
  for (let run = 0; run < 2000; run++) {
    const sorted = Array.from({ length: 200 }, random).sort((a, b) => a - b)
    if (sorted[low! - 1]! <= 0.9 && 0.9 <= sorted[high! - 1]!) covered++
  }
  expect(covered / 2000).toBeGreaterThan(0.94)
  expect(covered / 2000).toBeLessThan(0.985)
})
