import { expect, test } from 'vitest'
import { encoderSideRules } from './registry.ts'

test('every rule that judges an encoder tells its vendor what to do', () => {
  const silent = encoderSideRules.filter(({ advice }) => !/^[A-Z].{15,}\.$/.test(advice ?? ''))
  expect(silent.map(({ id }) => id)).toEqual([])
})
