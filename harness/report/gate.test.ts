import { describe, expect, test } from 'vitest'
import { gate } from './gate.ts'
import type { LatencyRecord, RunRecord, ScenarioRecord } from './run-record.ts'
import * as samples from './samples/runs.ts'

/** The passing run with its first scenario changed. */
function changed(change: (first: ScenarioRecord) => Partial<ScenarioRecord>): RunRecord {
  const [first, ...others] = samples.passingRun().scenarios
  return samples.sampleRun({ scenarios: [{ ...first!, ...change(first!) }, ...others] })
}

function slower(by: Partial<LatencyRecord> | ((was: LatencyRecord) => Partial<LatencyRecord>)) {
  return changed(({ latency: [path, ...rest] }) => ({
    latency: [{ ...path!, ...(typeof by === 'function' ? by(path!) : by) }, ...rest],
  }))
}

function broken(outcome: 'warn' | 'fail' | 'skipped') {
  return changed(({ verdicts }) => ({
    status: outcome === 'skipped' ? 'pass' : outcome,
    verdicts: verdicts.map((verdict) =>
      verdict.rule === 'h5live.join' ? { ...verdict, outcome, actual: 'another' } : verdict,
    ),
  }))
}

const baseline = samples.passingRun()

describe('worse', () => {
  test.each([
    ['a rule that held', broken('fail'), 'verdict', 'h5live.join'],
    ['a rule that now warns', broken('warn'), 'verdict', 'h5live.join'],
    ['a rule that is no longer judged', broken('skipped'), 'missing', 'h5live.join'],
    ['p95 beyond tolerance', slower(({ p95 }) => ({ p95: p95 + 2.1 })), 'latency', undefined],
    ['a lost frame', slower({ lost: 1 }), 'lost', undefined],
    [
      'a path not measured',
      changed(({ latency }) => ({ latency: latency.slice(1) })),
      'missing',
      undefined,
    ],
    [
      'a scenario that breaks off',
      changed(() => ({ status: 'fail', error: { code: 'LP_X', message: 'gone' } })),
      'scenario',
      undefined,
    ],
    ['a scenario that is skipped', changed(() => ({ status: 'skipped' })), 'missing', undefined],
    [
      'a scenario that is gone',
      samples.sampleRun({ scenarios: baseline.scenarios.slice(1) }),
      'missing',
      undefined,
    ],
  ] as const)('%s', (_, report, kind, subject) => {
    const { exitCode, regressions } = gate(report, baseline)
    expect(exitCode).toBe(1)
    expect(regressions).toHaveLength(1)
    expect(regressions[0]).toMatchObject({ kind, scenario: baseline.scenarios[0]?.title })
    if (subject) expect(regressions[0]?.subject).toBe(subject)
  })
})

describe('no worse', () => {
  test.each([
    ['the same run', samples.passingRun(), baseline],
    ['what was broken before', broken('fail'), broken('fail')],
    ['a rule that holds again', baseline, broken('fail')],
    ['p95 within tolerance', slower(({ p95 }) => ({ p95: p95 + 1.9 })), baseline],
    [
      'p95 within the error bounds of both',
      slower(({ p95 }) => ({ p95: p95 + 5, errorBoundMs: 3.1 })),
      baseline,
    ],
    [
      'a scenario more',
      samples.passingRun(),
      samples.sampleRun({ scenarios: baseline.scenarios.slice(1) }),
    ],
  ])('%s', (_, report, before) => {
    expect(gate(report, before)).toMatchObject({ exitCode: 0, regressions: [] })
  })
})

describe('no answer', () => {
  test.each([
    ['an empty run against an empty one', samples.emptyRun(), samples.emptyRun()],
    ['an unwell harness', samples.invalidRun(), baseline],
    ['a run against an empty baseline', samples.passingRun(), samples.emptyRun()],
    ['one invalid scenario', changed(() => ({ status: 'invalid' })), baseline],
  ])('%s', (_, report, before) => {
    expect(gate(report, before)).toMatchObject({ exitCode: 3, regressions: [] })
  })
})

test('what an interrupted run did not come to is no regression, but no success either', () => {
  const { exitCode, notes, regressions } = gate(samples.interruptedRun(), baseline)
  expect({ exitCode, regressions }).toEqual({ exitCode: 3, regressions: [] })
  expect(notes).toContain('the report is of a run that did not finish')
})

test('a target that crashes where it did not before is worse', () => {
  const { exitCode, regressions } = gate(samples.crashedRun(), baseline)
  expect(exitCode).toBe(1)
  expect(regressions).toEqual([expect.objectContaining({ kind: 'crash' })])
})

test('other hardware is noted', () => {
  const elsewhere = samples.passingRun()
  elsewhere.run.host = { ...elsewhere.run.host, cores: 64 }
  expect(gate(elsewhere, baseline).notes).toEqual([expect.stringContaining('other hardware')])
})
