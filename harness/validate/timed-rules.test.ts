import { expect, it } from 'vitest'
import { encoderSideRules } from '../conformance/registry.ts'
import { TIMED_RULES } from './timed-rules.ts'

it('Every rule that looks at the time is a rule', () => {
  const ids = encoderSideRules.map(({ id }) => id)
  expect(TIMED_RULES.filter((id) => !ids.includes(id))).toEqual([])
})
