import type { ReconnectSettings } from './settings.ts'

/** Seconds before the n-th retry (from 1): from `minDelay` to `maxDelay` in `delaySteps` steps. */
export function retryDelay(retry: number, settings: ReconnectSettings): number | undefined {
  const { minDelay, maxDelay, delaySteps, maxRetries } = settings
  if (retry > maxRetries) return undefined
  const step = Math.min(retry - 1, delaySteps) / Math.max(1, delaySteps)
  return minDelay + (maxDelay - minDelay) * step
}
