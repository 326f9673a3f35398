import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'

export const srtServerRules: readonly ProbedRule<ProbeContext>[] = []
