import { TargetError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'

/**
 * The same rule, for targets that do not even send what the probe works with: a viewer that waits
 * in vain is a breach that the report must tell, not an error that ends the run. Where media came
 * but cannot be read, this rule cannot be judged, and `h5live.init-first` or our own reader tells.
 */
export function guarded(rule: ProbedRule<ProbeContext>): ProbedRule<ProbeContext> {
  return {
    ...rule,
    probe: async (context) => {
      try {
        return await rule.probe(context)
      } catch (error) {
        const viewers = error instanceof TargetError && /^LP_(VIEWER|PLAYER)_/.test(error.code)
        if (!viewers || context.signal.aborted) throw error
        const result = error.code === 'LP_VIEWER_UNREADABLE' ? 'skipped' : 'broken'
        return { result, expected: rule.title, actual: error.message }
      }
    },
  }
}
