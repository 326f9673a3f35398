import { expect, test } from 'vitest'
import { doubtOf } from './doubt.ts'

const fine = { causes: [], starved: 0.1, failed: false, measured: true }
const late = { ...fine, causes: ['event loop late'] }

test('what an unfit harness measured or saw fail is doubted, what held without a measure is not', () => {
  expect(doubtOf(late)).toBe('the harness was not fit to measure: event loop late')
  expect(doubtOf({ ...late, measured: false, failed: true })).toContain('event loop late')
  expect(doubtOf({ ...late, measured: false })).toBeNull()
})

test('a failure of a target that got no core is doubted, and nothing else of it', () => {
  expect(doubtOf({ ...fine, failed: true })).toBeNull()
  expect(doubtOf({ ...fine, starved: 0.45 })).toBeNull()
  expect(doubtOf({ ...fine, starved: 0.45, failed: true })).toBe(
    'the machine kept the target from a core for 45 % of its worst second, limit 30 %',
  )
})
