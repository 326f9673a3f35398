import { guarded } from '../h5live/guarded.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { consistent } from './consistent.ts'
import { failover } from './failover.ts'
import { nearest } from './nearest.ts'

/** All of `cdn.*`, in the catalogue's order. */
export const cdnRules: readonly ProbedRule<ProbeContext>[] = [nearest, failover, consistent].map(
  guarded,
)
