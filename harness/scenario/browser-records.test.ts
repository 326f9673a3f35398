import { expect, test } from 'vitest'
import { browserStalls, bufferSeries } from './browser-records.ts'

const span = { startedAt: 50_000, until: 60_000 }

/** Pictures at these ms since the scenario began, each with less in the buffer than before. */
const presented = [1_000, 1_040, 1_080, 3_080, 3_120, 3_620].map((at, place) => ({
  presentedAt: 50_000 + at,
  bufferedMs: 300 - place * 10,
}))

test('the buffer is told in the time of the scenario', () => {
  const [series] = bufferSeries('browser', presented, span)
  expect(series).toMatchObject({ kind: 'buffer', unit: 'ms', of: 'browser' })
  expect(series?.points.slice(0, 2)).toEqual([
    [1_000, 300],
    [1_040, 290],
  ])
  expect(bufferSeries('browser', [], span)).toEqual([])
})

test('more than half a second between two pictures is a stall', () => {
  expect(browserStalls('browser', presented, span)).toEqual([
    { at: 1_080, until: 3_080, kind: 'stall', label: 'no new picture for 2.0 s', of: 'browser' },
  ])
  expect(browserStalls('browser', [], span)).toEqual([])
})
