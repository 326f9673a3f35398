import exec from 'k6/execution'

/**
 * Tags what this viewer measures from now on with the part of the run, so that k6's thresholds are
 * of the same time as the budget: `lp_delivery_latency{part:hold}`.
 */
export function inRamp(): void {
  exec.vu.metrics.tags['part'] = 'ramp'
}

/** From the moment at which all viewers should be there. */
export function inHold(): void {
  exec.vu.metrics.tags['part'] = 'hold'
}
