import { expect, test } from 'vitest'
import { pageData } from './page-data.ts'
import type { RunRecord } from './run-record.ts'
import * as samples from './samples/runs.ts'

test('the curve of a path agrees with its figures and ends at its largest sample', () => {
  for (const { latency } of pageData(samples.passingRun()).scenarios) {
    for (const { curve, p50, p95, p99, max } of latency) {
      const at = new Map(curve)
      expect(at.get(50)).toBeCloseTo(p50, 2)
      expect(at.get(95)).toBeCloseTo(p95, 2)
      expect(at.get(99)).toBeCloseTo(p99, 2)
      expect(curve.at(-1)).toEqual([100, Number(max.toFixed(3))])
      expect(curve.map(([, ms]) => ms)).toEqual(curve.map(([, ms]) => ms).sort((a, b) => a - b))
    }
  }
})

test('the curve says nothing about percentiles rarer than one sample', () => {
  const [scenario] = pageData(samples.passingRun()).scenarios
  const told = scenario?.latency[0]?.curve.map(([percentile]) => percentile) ?? []
  expect(told).toContain(99.5)
  expect(told).not.toContain(99.8)
})

test('without a histogram the buckets make the curve, without both there is none', () => {
  const run = samples.passingRun()
  const [latency] = run.scenarios[0]?.latency ?? []
  if (!latency) throw new Error('the sample has latency')
  const base = { ...latency, histogram: undefined }
  const curveOf = (path: typeof base) => {
    const scenarios = [{ ...run.scenarios[0]!, latency: [path] }]
    return pageData({ ...run, scenarios }).scenarios[0]?.latency[0]?.curve
  }
  expect(
    curveOf({
      ...base,
      buckets: [
        [1, 1],
        [2, 0],
        [4, 3],
      ],
    }),
  ).toEqual([
    [25, 1],
    [100, 4],
  ])
  expect(curveOf(base)).toEqual([])
  expect(curveOf({ ...base, histogram: 'not a histogram' } as never)).toEqual([])
})

test('good scenarios of a large run are thinned, what went wrong is whole', () => {
  const pointsOf = (record: RunRecord, status: string) => {
    const scenario = pageData(record).scenarios.find((each) => each.status === status)
    return scenario?.series.map(({ seconds, recorded }) => [seconds.length, recorded])
  }
  const whole = [300, 300]
  expect(pointsOf(samples.passingRun(), 'pass')).toEqual([whole, whole])
  expect(pointsOf(samples.largeRun(), 'pass')).toEqual([
    [60, 300],
    [60, 300],
  ])
  expect(pointsOf(samples.largeRun(), 'fail')).toEqual([whole, whole])
})
