import { expect, test } from 'vitest'
import { brokenCell, type Cell, healthyCells } from './cells.ts'
import { proofExitCode, skippedFor } from './outcome.ts'

const proven: Cell = { rule: 'a.one', mutant: 'healthy', result: 'proven', actual: '' }
const skipped: Cell = { rule: 'b.two', mutant: 'fault x', result: 'skipped', actual: 'no way' }
const defect: Cell = { rule: 'c.three', mutant: 'fault y', result: 'defect', actual: 'not noticed' }
const code = (cells: Cell[], catalogue: string[] = [], cutShort = false) =>
  proofExitCode({ cells, catalogue }, cutShort)

test('a proof counts only if something was proven', () => {
  expect(code([])).toBe(3)
  expect(code([skipped, skipped])).toBe(3)
  expect(code([proven, skipped])).toBe(0)
})

test('a defect, of a rule or of the catalogue, is a finding', () => {
  expect(code([proven, defect])).toBe(1)
  expect(code([skipped, defect])).toBe(1)
  expect(code([proven], ['d.four: no mutant breaks it'])).toBe(1)
  expect(code([proven], [], true)).toBe(3)
})

test('what was skipped is told by its reason', () => {
  const again = { ...skipped, mutant: 'healthy' }
  const other = { ...skipped, rule: 'c.three' }
  expect(skippedFor([proven, skipped, again, other, defect])).toEqual(['no way: b.two, c.three'])
})

test('a rule that is skipped under its mutant says why, and whether a program is missing', () => {
  const finding = { result: 'skipped', expected: '', actual: 'no browser', lacking: true } as const
  const cell = { rule: 'a.one', result: 'skipped', actual: 'no browser', lacking: true }
  expect(brokenCell('a.one', 'fault x', finding)).toEqual({ ...cell, mutant: 'fault x' })
  expect(healthyCells(new Map([['a.one', finding]]))).toEqual([{ ...cell, mutant: 'healthy' }])
})
