import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { nowMs } from './clock.ts'
import { mapClock } from './clock-mapping.ts'

test('finds the offset of another clock within the bound that it states', async () => {
  const offset = -123_456.789
  const mapping = await mapClock(async () => {
    await turn()
    const reading = Math.floor((nowMs() - offset) * 10) / 10
    await turn()
    await turn()
    return reading
  }, 0.1)
  expect(Math.abs(mapping.offsetMs - offset)).toBeLessThanOrEqual(mapping.errorBoundMs)
  expect(mapping.errorBoundMs).toBeGreaterThanOrEqual(0.1)
  expect(mapping.errorBoundMs).toBeLessThan(50)
})

test('a path with all its delay on one side stays within the bound', async () => {
  const mapping = await mapClock(
    async () => {
      const reading = nowMs() - 1000
      const until = nowMs() + 5
      while (nowMs() < until);
      return reading
    },
    0,
    3,
  )
  expect(Math.abs(mapping.offsetMs - 1000)).toBeLessThanOrEqual(mapping.errorBoundMs)
  expect(mapping.errorBoundMs).toBeGreaterThan(2.4)
})
