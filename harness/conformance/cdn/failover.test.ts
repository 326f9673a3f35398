import { expect, test } from 'vitest'
import type { CrowdFigures, LoadResult } from '../../load/engine.ts'
import { Histogram } from '../../measure/histogram.ts'
import { failoverFinding } from './failover.ts'

/** Ten viewers of an edge that was killed: who lost it, and who came back after how many ms. */
function result({ dropped = 10, back = [] as number[] }, causes: string[] = []): LoadResult {
  const returned = new Histogram()
  for (const ms of back) returned.record(ms)
  const viewers = { arrived: 10, playing: 0, failed: {}, dropped: { ECONNRESET: dropped } }
  const figures = { viewers, returned } as unknown as CrowdFigures
  const engine = { causes, figures: [] }
  return { stages: [], total: figures, byKind: [], engine, complete: true }
}

const ten = (ms: number) => Array.from({ length: 10 }, () => ms)

test('it holds when all viewers came back in time, and says how long that took', () => {
  const finding = failoverFinding(10, 10, result({ back: ten(2_400) }))
  expect(finding).toMatchObject({ result: 'holds' })
  expect(finding.actual).toMatch(/^10 of 10 viewers had a picture again: p50 2\.40 s/)
})

test('one viewer who came back too late, or never, breaks it', () => {
  expect(failoverFinding(10, 10, result({ back: [...ten(2_000).slice(1), 5_600] })).result).toBe(
    'broken',
  )
  expect(failoverFinding(10, 10, result({ back: ten(2_000).slice(1) })).result).toBe('broken')
  expect(failoverFinding(10, 10, result({})).result).toBe('broken')
})

test('nothing can be said when the edge had not all of them, or they did not lose it', () => {
  expect(failoverFinding(10, 9, result({})).result).toBe('broken')
  expect(failoverFinding(10, 9, result({}, ['late'])).result).toBe('skipped')
  expect(failoverFinding(10, 10, result({ dropped: 3, back: ten(1_000) })).result).toBe('skipped')
})

test('a harness that was late excuses a few viewers, not most of them', () => {
  expect(failoverFinding(10, 10, result({ back: ten(5_600) }, ['late'])).result).toBe('skipped')
  expect(failoverFinding(10, 10, result({ back: [2_000] }, ['late'])).result).toBe('broken')
})
