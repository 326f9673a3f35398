import { HEALTH_LIMITS } from '../measure/health-limits.ts'

export interface Doubtable {
  /** Why the harness was not fit to measure; empty when it was. */
  readonly causes: readonly string[]
  /** Share of its worst second that the machine kept the target from a core. */
  readonly starved: number
  /** Something was seen to be broken. */
  readonly failed: boolean
  /** Latencies were measured, or links were to do what they say. */
  readonly measured: boolean
}

/**
 * Why nobody can vouch for a scenario; null when its result stands. What held under an overloaded
 * harness held; what it measured or saw fail proves nothing. A target that got no core is to blame
 * for nothing, and what it did all the same counts.
 */
export function doubtOf({ causes, starved, failed, measured }: Doubtable): string | null {
  if ((measured || failed) && causes.length > 0)
    return `the harness was not fit to measure: ${causes.join('; ')}`
  const limit = HEALTH_LIMITS.targetWaitingWorstShare
  if (!failed || starved <= limit) return null
  const [share, most] = [starved, limit].map((one) => `${(one * 100).toFixed(0)} %`)
  return `the machine kept the target from a core for ${share} of its worst second, limit ${most}`
}
