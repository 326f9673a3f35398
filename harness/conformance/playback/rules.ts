import { guarded } from '../h5live/guarded.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { abr } from './abr.ts'
import { avSync } from './av-sync.ts'
import { catchUp } from './catch-up.ts'
import { latency } from './latency.ts'
import { stalls } from './stalls.ts'
import { startup } from './startup.ts'

/** All of `playback.*`, in the catalogue's order. */
export const playbackRules: readonly ProbedRule<ProbeContext>[] = [
  startup,
  latency,
  stalls,
  avSync,
  catchUp,
  abr,
].map(guarded)
