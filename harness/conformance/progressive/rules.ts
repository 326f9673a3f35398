import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { valid } from './valid.ts'

export const progressiveRules: readonly ProbedRule<ProbeContext>[] = [valid]
