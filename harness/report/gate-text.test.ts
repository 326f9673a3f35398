import { expect, test } from 'vitest'
import { gate } from './gate.ts'
import { gateText } from './gate-text.ts'
import * as samples from './samples/runs.ts'

test('says what is worse, before and now, and what was compared', () => {
  const before = samples.passingRun()
  const after = samples.passingRun()
  const verdict = after.scenarios[0]?.verdicts.find(({ rule }) => rule === 'h5live.join')
  Object.assign(verdict!, { outcome: 'fail', actual: '1,984.0 ms' })
  expect(gateText(gate(after, before)).split('\n')).toEqual([
    '✕ verdict  h5live.join',
    '  before  pass: 11.2 ms',
    '  now     fail: 1,984.0 ms',
    '  in      OBS over RTMP reaches an H5Live viewer within a second',
    'worse than the baseline in 1; compared 5 scenarios, 50 verdicts, 10 latency paths',
    '',
  ])
})

test('says when nothing could be compared', () => {
  const text = gateText(gate(samples.emptyRun(), samples.emptyRun()))
  expect(text).toContain('no answer')
})
