import { expect, test } from 'vitest'
import { Progress } from './progress.ts'
import * as samples from './samples/runs.ts'
import { sampleScenario } from './samples/scenario.ts'

function output(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 40, write: (text: string) => written.push(text), written }
}

test('a log gets one plain line per scenario, with what broke', () => {
  const out = output(false)
  const progress = new Progress(out)
  for (const scenario of samples.failingRun().scenarios) {
    progress.started(scenario.title, scenario.suite)
    progress.ended(scenario)
  }
  progress.done()
  expect(out.written).toHaveLength(9)
  expect(out.written.every((line) => /^\P{Cc}+\n$/u.test(line))).toBe(true)
  expect(out.written[5]).toContain('✕ delivery: a viewer sees a timeline without gaps')
  expect(out.written[5]).toContain('h5live.timeline, h5live.join')
  expect(out.written[7]).toContain('the target has one location only')
})

test('a terminal shows what is running, within its width, and takes it away at the end', () => {
  const out = output(true)
  const progress = new Progress(out, false)
  progress.started('one with a title that is much longer than the terminal is wide', 'smoke')
  expect(out.written.at(-1)).toMatch(/^… 1 {2}smoke: one with/)
  expect(out.written.at(-1)?.length).toBeLessThan(40)
  progress.started('two', 'smoke')
  expect(out.written.at(-1)).not.toContain('\n')
  progress.ended(sampleScenario({ title: 'two' }))
  expect(out.written.join('')).toContain('✓ smoke: two')
  progress.done()
  expect(out.written.at(-1)).toBe('\r\x1b[2K')
})
