import { TargetError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'

/**
 * The same rule, for targets that do not even send what the probe works with: a viewer that waits
 * in vain is a breach that the report must tell, not an error that ends the run.
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
        return { result: 'broken', expected: rule.title, actual: error.message }
      }
    },
  }
}
