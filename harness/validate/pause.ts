import { setTimeout as delay } from 'node:timers/promises'

/** ms, or less when the signal comes. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, { signal }).catch(() => {})
}
