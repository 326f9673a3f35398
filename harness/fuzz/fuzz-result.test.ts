import { expect, test } from 'vitest'
import { coverageFinding, healthyFinding, memoryFinding, memoryUnjudged } from './fuzz-result.ts'

const healthy = { sent: 100, lost: 0, p50: 1, p99: 2, count: 99, trouble: null }

const course = (warmUp: number, live: [number, number], resident: [number, number]) => ({
  warmUp,
  start: { liveMb: live[0], rssMb: resident[0] },
  end: { liveMb: live[1], rssMb: resident[1] },
})

test.each([
  [40, 47.9, 0],
  [40, 48.1, 1],
  [40, 30, 0],
])('live memory from %f to %f MB: %i findings', (start, end, count) => {
  expect(memoryFinding(course(300, [start, end], [150, 150]))).toHaveLength(count)
})

test.each([
  [5_000, 200, 239, 0],
  [5_000, 200, 241, 1],
  [5_000, 60, 83, 0], // below what memory management comes and goes by
  [5_000, 60, 85, 1],
  [4_999, 150, 229, 0], // allocators may not have settled
  [4_999, 150, 231, 1],
])('after %i sessions, resident memory from %i to %i MB: %i findings', (warmUp, a, b, count) => {
  expect(memoryFinding(course(warmUp, [40, 40], [a, b]))).toHaveLength(count)
})

test('memory is not judged where it cannot be seen, or nothing was warm, and that is said', () => {
  const cold = course(299, [40, 80], [150, 400])
  expect(memoryFinding(cold)).toEqual([])
  expect(memoryUnjudged({ memory: cold })).toMatch('299 sessions')
  expect(memoryFinding(null)).toEqual([])
  expect(memoryUnjudged({ memory: null })).toMatch('cannot be seen')
  expect(memoryUnjudged({ memory: course(300, [40, 80], [150, 400]) })).toBeNull()
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
