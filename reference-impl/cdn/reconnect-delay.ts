import { MAX_RECONNECT_MS, RECONNECT_MS } from './limits.ts'

/**
 * ms before the next attempt to reach an origin, after so many in vain: growing, and different for
 * each, so that an origin which comes back is not met by all edges and pulls at once.
 */
export function reconnectDelay(failed: number): number {
  const most = Math.min(MAX_RECONNECT_MS, RECONNECT_MS * 1.5 ** failed)
  return most * (0.5 + Math.random() / 2)
}
