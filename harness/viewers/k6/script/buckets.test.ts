import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Buckets, bucketOf, middleOf } from './buckets.ts'

test('a bucket keeps its values within half of 1/512', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (us) => {
      const error = Math.abs(middleOf(bucketOf(us)) - us)
      expect(error).toBeLessThanOrEqual(us / 1024)
    }),
  )
})

test('larger values never fall into smaller buckets', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.integer({ min: 0, max: 2 ** 20 }),
      (us, more) => {
        expect(bucketOf(us + more)).toBeGreaterThanOrEqual(bucketOf(us))
      },
    ),
  )
})

test('counts add up, and what is below zero counts as zero', () => {
  const buckets = new Buckets()
  for (const us of [-5, 0, 7, 7]) buckets.add(us)
  expect(buckets.entries()).toEqual([
    [0, 2],
    [7, 2],
  ])
})
