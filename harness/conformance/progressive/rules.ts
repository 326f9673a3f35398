import { guarded } from '../h5live/guarded.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { valid } from './valid.ts'

export const progressiveRules: readonly ProbedRule<ProbeContext>[] = [valid].map(guarded)
