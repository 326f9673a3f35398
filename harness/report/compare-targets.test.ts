import { expect, test } from 'vitest'
import type { Outcome } from '../conformance/rule.ts'
import { compareTargets } from './compare-targets.ts'
import { runRecord, type ScenarioRecord } from './run-record.ts'
import { sampleRun } from './samples/runs.ts'
import { sampleScenario } from './samples/scenario.ts'

function saw(rule: string, outcome: Outcome, actual: string): ScenarioRecord['verdicts'][number] {
  return { rule, level: 'must', outcome, expected: '', actual, evidence: [] }
}

function run(name: string, scenarios: Partial<ScenarioRecord>[]) {
  return sampleRun({
    run: { id: `run-${name}`, target: { name, kind: 'peer', api: 'rtmp://127.0.0.1:1/live' } },
    scenarios: scenarios.map((part, i) =>
      sampleScenario({ title: `scenario ${i}`, ...part, id: `${i}` }),
    ),
  })
}

test('every rule has a cell for each target, with the worst that was seen of it', () => {
  const [first, second] = compareTargets([
    run('one', [
      { verdicts: [saw('a.x', 'pass', 'well'), saw('a.y', 'skipped', 'too short')] },
      { verdicts: [saw('a.x', 'warn', 'so so'), saw('a.y', 'pass', 'well')] },
    ]),
    run('two', [
      { status: 'fail', verdicts: [saw('a.x', 'fail', 'badly'), saw('a.y', 'info', 'seen')] },
      { verdicts: [saw('a.x', 'pass', 'well')] },
    ]),
  ])
  expect(first).toMatchObject({ name: 'one', kind: 'peer', run: 'run-one' })
  expect(first?.cells).toEqual({
    'a.x': { outcome: 'warn', actual: 'so so' },
    'a.y': { outcome: 'pass', actual: 'well' },
  })
  expect(second?.cells).toEqual({
    'a.x': { outcome: 'fail', actual: 'badly' },
    'a.y': { outcome: 'info', actual: 'seen' },
  })
})

test('a rule whose scenario was skipped is skipped for the same reason', () => {
  const [, lacking] = compareTargets([
    run('one', [{ verdicts: [saw('a.x', 'pass', 'well')] }]),
    run('two', [{ status: 'skipped', reason: 'two has no camera', verdicts: [] }]),
  ])
  expect(lacking?.cells).toEqual({ 'a.x': { outcome: 'skipped', actual: 'two has no camera' } })
})

test('what an unwell harness saw is invalid, and what nobody looked at has no cell', () => {
  const [unwell, other] = compareTargets([
    run('one', [{ status: 'invalid', verdicts: [saw('a.x', 'pass', 'well')] }]),
    run('two', [{ verdicts: [saw('a.y', 'pass', 'well')] }]),
  ])
  expect(unwell?.cells['a.x']?.outcome).toBe('invalid')
  expect(other?.cells['a.x']).toBeUndefined()
})

test('a record with its targets keeps to the schema', () => {
  const record = run('one', [{ verdicts: [saw('a.x', 'pass', 'well')] }])
  expect(runRecord.parse({ ...record, targets: compareTargets([record]) }).targets).toHaveLength(1)
})
