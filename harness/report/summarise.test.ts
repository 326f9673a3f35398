import { expect, test } from 'vitest'
import type { Outcome } from '../conformance/rule.ts'
import * as samples from './samples/runs.ts'
import { goodVerdicts } from './samples/scenario.ts'
import { scenarioStatus } from './summarise.ts'

function verdicts(...seen: Outcome[]) {
  const [verdict] = goodVerdicts()
  return seen.map((outcome) => ({ ...verdict!, outcome }))
}

test.each([
  ['pass', verdicts('pass', 'info', 'skipped'), {}],
  ['warn', verdicts('pass', 'warn'), {}],
  ['fail', verdicts('warn', 'fail'), {}],
  ['fail', verdicts('pass'), { error: new Error('assertion') }],
  ['invalid', verdicts('fail', 'invalid'), {}],
  ['invalid', verdicts('fail'), { claimed: 'invalid' as const }],
  ['skipped', [], { claimed: 'skipped' as const }],
  ['skipped', verdicts('skipped', 'skipped'), {}],
  ['pass', [], {}],
])('a scenario is %s', (status, seen, more) => {
  expect(scenarioStatus({ verdicts: seen, ...more })).toBe(status)
})

test.each([
  ['passing', samples.passingRun(), 0, 'pass', 'Conformant: 5 scenarios run, no rule broken'],
  ['empty', samples.emptyRun(), 3, 'empty', 'No scenario ran: nothing is proven'],
  ['crashed', samples.crashedRun(), 1, 'fail', 'The target crashed; 2 scenarios run'],
  [
    'failing',
    samples.failingRun(),
    1,
    'fail',
    '1 scenario failed, 2 rules broken; 8 scenarios run',
  ],
  [
    'interrupted',
    samples.interruptedRun(),
    3,
    'invalid',
    'No finding in 2 scenarios run, then interrupted (SIGINT)',
  ],
  [
    'invalid',
    samples.invalidRun(),
    3,
    'invalid',
    'The harness cannot vouch for this run: event-loop delay p99 was 412 ms, past its limit of 50 ms',
  ],
])('a %s run', (_, { summary }, exitCode, status, sentence) => {
  expect(summary).toMatchObject({ exitCode, status, sentence })
})

test('a finding outlives an interruption and another scenario that is invalid', () => {
  const { scenarios } = samples.failingRun()
  const cut = { cause: 'signal', detail: 'SIGTERM' } as const
  const run = samples.sampleRun({ run: { complete: false, interrupted: cut }, scenarios })
  expect(run.summary.exitCode).toBe(1)
  expect(run.summary.sentence).toContain('interrupted (SIGTERM)')
})

test('a finding of an unwell harness is no finding', () => {
  const { scenarios } = samples.failingRun()
  const health = { status: 'invalid', causes: ['CPU'], figures: [] } as const
  const run = samples.sampleRun({ health: { ...health, causes: ['CPU'], figures: [] }, scenarios })
  expect(run.summary).toMatchObject({ exitCode: 3, status: 'invalid' })
})

test('one invalid scenario among good ones is not conformant', () => {
  const [first, ...others] = samples.passingRun().scenarios
  const scenarios = [{ ...first!, status: 'invalid' as const }, ...others]
  expect(samples.sampleRun({ scenarios }).summary.exitCode).toBe(3)
})

test('no verdict of an invalid scenario counts, neither good nor bad', () => {
  const { verdicts } = samples.failingRun().summary
  expect(verdicts).toEqual({ pass: 60, warn: 1, fail: 2, info: 7, skipped: 0, invalid: 10 })
})

test('warnings alone are conformant', () => {
  const scenarios = samples.failingRun().scenarios.filter(({ status }) => status === 'warn')
  expect(scenarios.length).toBeGreaterThan(0)
  expect(samples.sampleRun({ scenarios }).summary).toMatchObject({ exitCode: 0, status: 'warn' })
})

test('skipping everything is not success', () => {
  const scenarios = samples.failingRun().scenarios.filter(({ status }) => status === 'skipped')
  expect(scenarios.length).toBeGreaterThan(0)
  expect(samples.sampleRun({ scenarios }).summary).toMatchObject({ exitCode: 3, status: 'empty' })
})

test('a run that never said it was finished is not conformant', () => {
  const { scenarios } = samples.passingRun()
  expect(samples.sampleRun({ run: { complete: false }, scenarios }).summary.exitCode).toBe(3)
})
