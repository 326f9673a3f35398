/** A viewer may wait so many times as long as the one in the middle. */
export const FAIR_FACTOR = 3
/** ms below which nobody calls a difference unfair. */
export const FAIR_FLOOR_MS = 150
/** Viewers below which there is no middle to speak of. */
export const LEAST_VIEWERS = 5
/** ms from a storm of joins until latency is back. */
export const RECOVERY_MS = 5_000
/** ms that latency may be above that before the storm. */
export const RECOVERED_WITHIN_MS = 250

/** The crowds of the probes: enough to see a fault, few enough for any machine. */
export const PROBE_VIEWERS = 40
export const STORM_VIEWERS = 120
/** ms */
export const PROBE_RAMP_MS = 800
export const PROBE_HOLD_MS = 5_000
/** ms; p99 that a probe allows: faults are seen by what they lose, not by a busy machine. */
export const PROBE_P99_MS = 2_000
