import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_RECONNECT_MS, RECONNECT_MS } from './limits.ts'
import { reconnectDelay } from './reconnect-delay.ts'

test('attempts come soon at first, and never further apart than the limit', () => {
  expect(reconnectDelay(0)).toBeLessThanOrEqual(RECONNECT_MS)
  fc.assert(
    fc.property(fc.nat({ max: 1e6 }), (failed) => {
      const delay = reconnectDelay(failed)
      expect(delay).toBeGreaterThanOrEqual(RECONNECT_MS / 2)
      expect(delay).toBeLessThanOrEqual(MAX_RECONNECT_MS)
    }),
  )
  expect(reconnectDelay(100)).toBeGreaterThan(RECONNECT_MS)
})
