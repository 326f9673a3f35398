import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { capacity } from './capacity.ts'
import { fair } from './fair.ts'
import { recovery } from './recovery.ts'

export const loadRules: readonly ProbedRule<ProbeContext>[] = [capacity, fair, recovery]
