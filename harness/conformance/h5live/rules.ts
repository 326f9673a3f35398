import type { ProbeContext } from '../probe-context.ts'
import type { ObservedRule, ProbedRule } from '../rule.ts'
import { badRequest } from './bad-request.ts'
import { end } from './end.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { guarded } from './guarded.ts'
import { join } from './join.ts'
import { observedH5LiveRules } from './observed-rules.ts'
import { plays } from './plays.ts'
import { republish } from './republish.ts'
import { slowViewer } from './slow-viewer.ts'

const probedH5LiveRules: readonly ProbedRule<ProbeContext>[] = [
  join,
  slowViewer,
  end,
  badRequest,
  republish,
  plays,
].map(guarded)

/** All of `h5live.*`, in the catalogue's order. */
export const h5liveRules: readonly (ObservedRule<H5LiveEvidence> | ProbedRule<ProbeContext>)[] = [
  ...observedH5LiveRules,
  ...probedH5LiveRules,
]
