import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { Finding, Level } from '../rule.ts'
import { onSrt } from '../srt-client/srt-events.ts'
import { type Gaps, tsStatsOf } from './ts-stats.ts'

const TABLES_MS = 500
const PCR_MS = 100
const PTS_MS = 700
/** ms that SRT's clock and ours may be apart over one interval. */
const TOLERANCE_MS = 5

interface Interval {
  readonly id: string
  readonly level: Level
  readonly title: string
  readonly clause: string
  readonly advice: string
  readonly mutants: readonly string[]
  readonly what: readonly ('pat' | 'pmt' | 'pcr' | 'pts')[]
  readonly maxMs: number
}

function intervalRule(interval: Interval) {
  const { what, maxMs, clause, ...card } = interval
  const expected = `${what.map((name) => name.toUpperCase()).join(' and ')} every ${maxMs} ms or more often`
  const source = { document: 'ETSI TR 101 290', clause }
  return sessionRule(
    { ...card, source },
    onSrt(expected, (record) => {
      const stats = tsStatsOf(record)
      if (!stats) return skipped(expected, 'no transport stream came')
      if (stats.spanMs < 2 * maxMs) return skipped(expected, 'the session was too short to tell')
      return judge(
        expected,
        what.map((name) => [name, stats[name]] as const),
        maxMs,
      )
    }),
  )
}

function judge(
  expected: string,
  measured: readonly (readonly [string, Gaps])[],
  maxMs: number,
): Finding {
  const worst = measured.map(([name, { count, maxGapMs }]) =>
    count < 2
      ? `${name.toUpperCase()} came ${count} times`
      : `${name.toUpperCase()} ${maxGapMs} ms`,
  )
  const actual = `longest pause: ${worst.join(', ')}`
  const late = measured.filter(
    ([, { count, maxGapMs }]) => count < 2 || maxGapMs > maxMs + TOLERANCE_MS,
  )
  const evidence = late.map(([name, { maxGapMs, maxGapAt }]) => ({
    at: maxGapAt,
    note: `${name.toUpperCase()} after ${maxGapMs} ms`,
  }))
  return late.length > 0 ? broken(expected, actual, evidence) : holds(expected, actual)
}

export const patPmt = intervalRule({
  id: 'ts.pat-pmt',
  level: 'must',
  title: 'PAT and PMT come at least every 500 ms',
  clause: '1.3, 1.5',
  advice: 'Repeat PAT and PMT every 100 ms.',
  mutants: ['pat-2s'],
  what: ['pat', 'pmt'],
  maxMs: TABLES_MS,
})

export const pcrInterval = intervalRule({
  id: 'ts.pcr-interval',
  level: 'should',
  title: 'a PCR comes at least every 100 ms (40 ms is recommended)',
  clause: '2.3',
  advice: 'Send a PCR every 40 ms, at least with each picture.',
  mutants: ['pcr-400ms'],
  what: ['pcr'],
  maxMs: PCR_MS,
})

export const ptsInterval = intervalRule({
  id: 'ts.pts-interval',
  level: 'must',
  title: 'a presentation time comes at least every 700 ms',
  clause: '2.5',
  advice: 'Give each access unit its own PES packet with a PTS.',
  mutants: ['pts-1s'],
  what: ['pts'],
  maxMs: PTS_MS,
})
