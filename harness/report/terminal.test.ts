import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import pc from 'picocolors'
import { expect, test } from 'vitest'
import * as samples from './samples/runs.ts'
import { summaryText } from './terminal.ts'

const report = 'reports/out/latest/index.html'

test('a good run: verdict, counts, latency and the path, and nothing else', () => {
  const text = summaryText(samples.passingRun(), report)
  expect(text).toContain(' PASS  Conformant: 5 scenarios run, no rule broken')
  expect(text).toContain('scenarios: 5 pass · rule verdicts: 45 pass, 5 info · 47.3 s')
  expect(text).toMatch(/h5live viewer +composed → received +\d\.\d\d/)
  expect(text).toContain(`report  ${report}`)
  expect(text.split('\n').length).toBeLessThan(20)
})

test('a failing run: each broken rule with expected, actual, source and where, fails first', () => {
  const text = summaryText(samples.failingRun(), report)
  expect(text).toContain('✕ h5live.timeline  (ISO/IEC 14496-12 §8.8.12)')
  expect(text).toContain('expected  steps equal durations ± 1 tick')
  expect(text).toContain('actual    a gap of 9,000 ticks (100.0 ms) in the video track')
  expect(text).toContain('scenarios/delivery/a-viewer-sees-a-timeline-without-gaps.ts')
  expect(text.indexOf('✕ h5live.join')).toBeLessThan(text.indexOf('! encoder.gop-length'))
  expect(text).toContain('invalid   event-loop delay p99 was 212 ms')
})

test('the columns of the latency table stand under each other', () => {
  const lines = summaryText(samples.passingRun(), report).split('\n')
  const head = lines.find((line) => line.startsWith('latency')) ?? ''
  const rows = lines.filter((line) => line.startsWith('h5live'))
  expect(rows.length).toBe(10)
  const ends = ['p50', 'p95', 'p99', 'max', 'count', 'lost'].map(
    (name) => head.indexOf(name) + name.length,
  )
  for (const row of rows) {
    for (const end of ends) expect(row.slice(end - 1, end + 1)).toMatch(/^\d( |$)/)
  }
})

test('a large run stays short', () => {
  const large = samples.largeRun()
  const invalid = large.scenarios.map((each) => ({ ...each, status: 'invalid' as const }))
  for (const record of [large, samples.sampleRun({ scenarios: invalid })]) {
    expect(summaryText(record, report).split('\n').length).toBeLessThan(100)
  }
  const text = summaryText(large, report)
  expect(text).toContain('more, in the report')
})

test('colours change nothing but colours', () => {
  const plain = summaryText(samples.failingRun(), report)
  const coloured = summaryText(samples.failingRun(), report, pc.createColors(true))
  expect(coloured).not.toBe(plain)
  expect(stripVTControlCharacters(coloured)).toBe(plain)
})

test('no string of a target can steer the terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const printed = summaryText(samples.hostileRun(`\x1b[2J\r${text}\x9b31m\u202e`), report)
      expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
    }),
    { numRuns: 50 },
  )
})
