import { expect, test } from 'vitest'
import type { Verdict } from '../conformance/rule.ts'
import { rulesHeld } from './rules-held.ts'

function verdict(rule: string, outcome: Verdict['outcome']): Verdict {
  return { rule, level: 'must', outcome, expected: '', actual: '', evidence: [] }
}

test('only what held in a scenario that passed counts as held, not what was caught', () => {
  const held = rulesHeld([
    { status: 'pass', verdicts: [verdict('a.held', 'pass'), verdict('a.skipped', 'skipped')] },
    { status: 'warn', verdicts: [verdict('b.held', 'pass'), verdict('b.warned', 'warn')] },
    { status: 'pass', verdicts: [{ ...verdict('c.caught', 'pass'), caught: true }] },
    { status: 'fail', verdicts: [verdict('d.held', 'pass')] },
    { status: 'invalid', verdicts: [verdict('e.held', 'pass')] },
  ])
  expect(held).toEqual(['a.held', 'b.held'])
})
