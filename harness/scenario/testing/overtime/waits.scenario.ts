import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../../measure/clock.ts'
import { scenario } from '../../scenario.ts'

const TIMEOUT_MS = 1_500
/** More than the event loop may be late. */
const BUSY_MS = 700

scenario('a scenario that waits for ever is late', { timeoutMs: TIMEOUT_MS }, async () => {
  await new Promise(() => {})
})

scenario(
  'one that a busy process kept waiting for ever is not to blame',
  { timeoutMs: TIMEOUT_MS },
  async () => {
    // Looked at from its first turn on.
    await delay(50)
    const until = nowMs() + BUSY_MS
    while (nowMs() < until);
    await new Promise(() => {})
  },
)
