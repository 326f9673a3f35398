import { expect, test } from 'vitest'
import { keyFor, normal, uniform } from './random.ts'
import { erf, ksDistance, ksLimit } from './testing/statistics.ts'

const COUNT = 20_000
const series = <T>(make: (index: number) => T) => Array.from({ length: COUNT }, (_, i) => make(i))

test.each([1, 2, 3, 4_294_967_295, 2 ** 40])('seed %d gives uniform values', (seed) => {
  const key = keyFor(seed, 'up', 'loss')
  const distance = ksDistance(
    series((index) => uniform(key, index)),
    (x) => x,
  )
  expect(distance).toBeLessThan(ksLimit(COUNT))
})

test('values follow the normal distribution', () => {
  const key = keyFor(7, 'down', 'jitter')
  const distance = ksDistance(
    series((index) => normal(key, index)),
    (x) => (1 + erf(x / Math.SQRT2)) / 2,
  )
  expect(distance).toBeLessThan(ksLimit(COUNT))
})

test.each([
  ['neighbours', keyFor(1, 'up'), keyFor(1, 'up'), 1],
  ['directions', keyFor(1, 'up'), keyFor(1, 'down'), 0],
  ['seeds', keyFor(1, 'up'), keyFor(2, 'up'), 0],
])('%s are not correlated', (_, a, b, lag) => {
  const products = series((i) => (uniform(a, i) - 0.5) * (uniform(b, i + lag) - 0.5))
  const mean = products.reduce((sum, value) => sum + value, 0) / COUNT
  // A product of two independent uniform values has the standard deviation 1/12.
  expect(Math.abs(mean)).toBeLessThan((3.29 * (1 / 12)) / Math.sqrt(COUNT))
})

test('the value of an index does not depend on what was drawn before', () => {
  const key = keyFor(3, 'x')
  const forward = series((i) => uniform(key, i))
  const backward = series((i) => uniform(key, COUNT - 1 - i)).reverse()
  expect(backward).toEqual(forward)
})
