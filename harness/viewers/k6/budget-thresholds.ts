import type { LoadBudget } from '../../load/budget.ts'
import type { K6Format } from './run-k6.ts'

/**
 * A budget as k6's own thresholds, of the plateau: a k6 that saw it broken ends with exit code 99.
 * Each runner judges its own viewers; the verdict of all comes from their lines.
 */
export function budgetThresholds(
  { p99Ms, lost, stalledShare }: LoadBudget,
  format: K6Format,
): Record<string, string[]> {
  const unserved = { lp_viewers_failed: ['count<1'] }
  if (format === 'api')
    return {
      ...unserved,
      'lp_api_latency{part:hold}': [`p(99)<=${p99Ms}`],
      'checks{part:hold}': ['rate>=1'],
    }
  return {
    ...unserved,
    'lp_delivery_latency{part:hold}': [`p(99)<=${p99Ms}`],
    'lp_frames_lost{part:hold}': [`count<=${lost}`],
    'lp_stalled_share{part:hold}': [`avg<=${stalledShare}`],
  }
}
