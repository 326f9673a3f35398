import { expect, test } from 'vitest'
import type { Cell } from '../prove/cells.ts'
import { proofResult } from './proof-result.ts'

const cell = { rule: 'h5live.plays', mutant: 'healthy', actual: 'why' } as const
const proven: Cell = { ...cell, result: 'proven' }
const slow: Cell = { ...cell, rule: 'resilience.loss', result: 'skipped' }
const lacking: Cell = { ...cell, result: 'skipped', lacking: true }

test('a missing program is told where there may be none, and a failure where there must be all', () => {
  const line = 'h5live.plays, healthy: why'
  expect(proofResult([proven, lacking], [], false)).toEqual({
    passed: 1,
    failed: 0,
    skipped: [line],
    failures: [],
  })
  expect(proofResult([proven, lacking], [], true)).toEqual({
    passed: 1,
    failed: 1,
    skipped: [],
    failures: [line],
  })
})

test('what the machine was too slow for stays skipped in either case', () => {
  for (const everyProgram of [true, false])
    expect(proofResult([slow], [], everyProgram)).toMatchObject({
      failed: 0,
      skipped: ['resilience.loss, healthy: why'],
    })
})

test('defects of rules and of the catalogue are failures', () => {
  const defect: Cell = { ...cell, result: 'defect' }
  expect(proofResult([defect], ['a.one: no mutant breaks it'], false)).toMatchObject({
    passed: 0,
    failures: ['h5live.plays, healthy: why', 'a.one: no mutant breaks it'],
  })
})
