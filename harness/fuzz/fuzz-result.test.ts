import { expect, test } from 'vitest'
import { coverageFinding, healthyFinding, memoryFinding } from './fuzz-result.ts'

const healthy = { sent: 100, lost: 0, p50: 1, p99: 2, count: 99, trouble: null }

test.each([
  [200, 239, 60, 0],
  [200, 241, 60, 1],
  [60, 83, 60, 0], // below what memory management comes and goes by
  [60, 85, 60, 1],
  [150, 289, 5, 0], // bounded memories may still be filling
  [150, 291, 5, 1],
])('memory from %i to %i MB in %i s: %i findings', (startMb, endMb, seconds, count) => {
  expect(memoryFinding({ startMb, endMb }, seconds)).toHaveLength(count)
})

test('memory that cannot be seen is not judged', () => {
  expect(memoryFinding(null, 60)).toEqual([])
})

test.each([
  [healthy, 0],
  [{ ...healthy, lost: 1 }, 1],
  [{ ...healthy, trouble: 'the viewer was disconnected' }, 1],
  [{ ...healthy, count: 0 }, 1],
])('the healthy stream %j: %i findings', (figures, count) => {
  expect(healthyFinding(figures)).toHaveLength(count)
})

test('inputs that are all turned away are a finding of their own', () => {
  expect(coverageFinding(1_000, 0)).toHaveLength(1)
  expect(coverageFinding(1_000, 1)).toEqual([])
  expect(coverageFinding(10, 0)).toEqual([])
})
