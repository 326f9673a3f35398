import { expect, it } from 'vitest'
import { retryDelay } from './backoff.ts'
import { defaultReconnect } from './settings.ts'

it('waits from 2 to 10 s, ever longer, and gives up after 10 retries', () => {
  const delays = Array.from({ length: 10 }, (_, index) => retryDelay(index + 1, defaultReconnect))
  expect(delays[0]).toBe(2)
  for (let index = 1; index < delays.length; index++) {
    expect(delays[index]).toBeGreaterThan(delays[index - 1]!)
  }
  expect(delays.at(-1)).toBeLessThanOrEqual(10)
  expect(retryDelay(11, defaultReconnect)).toBeUndefined()
})
