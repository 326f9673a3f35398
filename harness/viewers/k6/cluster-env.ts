import type { LoadBudget } from '../../load/budget.ts'
import { wallClockOffset } from '../../measure/wall-clock.ts'
import { budgetThresholds } from './budget-thresholds.ts'

/**
 * What runners on other machines are told, as lines for a shell or a manifest. Their clocks must
 * follow this machine's, because the stamps are in this machine's monotonic clock.
 */
export function clusterEnv(
  urls: readonly string[],
  {
    viewers,
    ramp,
    duration,
    budget,
  }: {
    readonly viewers: number
    readonly ramp: number
    readonly duration: number
    readonly budget: LoadBudget
  },
): string {
  return [
    'LOAD_FORMAT=h5live',
    `LOAD_URL='${urls.join(' ')}'`,
    `LOAD_VIEWERS=${viewers}`,
    `LOAD_RAMP_S=${ramp}`,
    `LOAD_HOLD_S=${duration}`,
    `LOAD_CLOCK_OFFSET_MS=${wallClockOffset().toFixed(3)}`,
    `LOAD_THRESHOLDS='${JSON.stringify(budgetThresholds(budget, 'h5live'))}'`,
  ].join('\n')
}
