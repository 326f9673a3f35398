import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { githubAnnotations, githubSummary, tellGithub } from './github.ts'
import * as samples from './samples/runs.ts'

test('broken rules are annotated at their scenario, errors before warnings', () => {
  const lines = githubAnnotations(samples.failingRun())
  expect(lines[0]).toBe(
    '::error file=scenarios/delivery/a-viewer-sees-a-timeline-without-gaps.ts,title=h5live.timeline' +
      '::a viewer sees a timeline without gaps%0Aexpected steps equal durations ± 1 tick' +
      '%0Aactual a gap of 9,000 ticks (100.0 ms) in the video track',
  )
  const kinds = lines.map((line) => line.split(' ')[0])
  expect(kinds).toEqual([...kinds].sort())
  expect(kinds).toContain('::warning')
})

test('a run that proves nothing is annotated as well', () => {
  expect(githubAnnotations(samples.emptyRun())).toEqual([
    '::error title=liveproof::No scenario ran: nothing is proven',
  ])
  expect(githubAnnotations(samples.passingRun())).toEqual([])
})

test('no string can start a command of its own', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const lines = githubAnnotations(samples.hostileRun(`${text}\r\n::stop-commands::x`))
      for (const line of lines) {
        expect(line).toMatch(/^::(error|warning) [^\r\n]*$/)
        expect(line.slice(2).split('::')[0]).toMatch(/^(error|warning) (file|title)=/)
      }
    }),
  )
})

test('no string can leave its cell of the step summary', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const rows = githubSummary(samples.hostileRun(`${text}\n| x | <b> [a](b)`)).split('\n')
      const breach = rows.filter((row) => row.startsWith('| fail'))
      expect(breach).toHaveLength(1)
      expect(breach[0]?.split(/(?<!\\)\|/)).toHaveLength(7)
      expect(breach[0]).not.toMatch(/<b>/)
    }),
  )
})

test('only a GitHub job is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'liveproof-github-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const written: string[] = []
  const write = (text: string) => written.push(text)
  tellGithub(samples.failingRun(), {}, write)
  expect(written).toEqual([])
  const summary = join(folder, 'summary.md')
  tellGithub(samples.failingRun(), { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }, write)
  expect(written.length).toBeGreaterThan(0)
  expect(readFileSync(summary, 'utf8')).toContain('## liveproof: fail')
})
