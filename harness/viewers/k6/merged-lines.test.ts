import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from '../../measure/histogram.ts'
import { root } from '../../scenario/paths.ts'
import { parseLines } from './line.ts'
import { middleOf } from './script/buckets.ts'
import { Seen } from './script/seen.ts'
import { addViewerLines } from './viewer-lines.ts'

const PERCENTILES = [0, 1, 25, 50, 75, 90, 95, 99, 99.9, 100]
const half = (number: number) =>
  readFileSync(join(root, `fixtures/k6-lines/half-${number}.jsonl`), 'utf8')
const percentilesOf = (histogram: Histogram) => PERCENTILES.map((p) => histogram.percentile(p))

test('percentiles of two recorded halves, merged, are those of all their samples', () => {
  const texts = [half(1), half(2)]
  const samples = texts
    .flatMap((text) => parseLines([text]).viewers)
    .flatMap(({ hold }) => hold.latency)
    .flatMap(([bucket, count]) => Array.from({ length: count }, () => middleOf(bucket) / 1000))
  const union = new Histogram()
  for (const ms of samples.sort((a, b) => a - b)) union.record(ms)

  const lines = addViewerLines(parseLines(texts), 0).hold.latency
  const histograms = new Histogram()
  for (const text of texts) histograms.merge(addViewerLines(parseLines([text]), 0).hold.latency)

  expect(union.count).toBeGreaterThan(6 * 4 * 29)
  for (const merged of [lines, histograms]) {
    expect(merged.count).toBe(union.count)
    expect(percentilesOf(merged)).toEqual(percentilesOf(union))
  }
})

/** What viewers print who share these samples, µs, in turn. */
function linesOf(samples: readonly number[], viewers: number, firstViewer: number): string {
  const all = Array.from({ length: viewers }, () => new Seen())
  for (const [i, us] of samples.entries()) all[i % viewers]!.latency.add(us)
  return all
    .map((seen, i) =>
      JSON.stringify({
        ...{ lp: 1, viewer: firstViewer + i, firstFrameMs: 0, failure: null },
        ...{ ramp: new Seen().line(), hold: seen.line() },
        playback: { playedMs: 0, stalledMs: 0, stalls: 0 },
        late: { openedMs: 0, timers: [] },
      }),
    )
    .join('\n')
}

const microseconds = fc.integer({ min: 0, max: 60_000_000 })

test('however samples are spread over runners and viewers, the merged percentiles are the same', () => {
  fc.assert(
    fc.property(
      fc.array(microseconds, { minLength: 1, maxLength: 400 }),
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      (samples, where, viewers) => {
        const cut = where % (samples.length + 1)
        const merged = addViewerLines(
          parseLines([
            linesOf(samples.slice(0, cut), viewers, 1),
            linesOf(samples.slice(cut), viewers, viewers + 1),
          ]),
          0,
        ).hold.latency
        const one = addViewerLines(parseLines([linesOf(samples, 1, 1)]), 0).hold.latency
        expect(percentilesOf(merged)).toEqual(percentilesOf(one))
        // Against the samples themselves: 0.2 %, or half of a µs.
        const sorted = [...samples].sort((a, b) => a - b)
        for (const p of [50, 95, 99]) {
          const us = sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!
          const error = Math.abs(merged.percentile(p) * 1000 - us)
          expect(error).toBeLessThanOrEqual(us * 0.002 + 1)
        }
      },
    ),
    { numRuns: 40 },
  )
})
