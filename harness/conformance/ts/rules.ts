import type { EncoderEvidence } from '../ingest-record.ts'
import type { ObservedRule } from '../rule.ts'
import { patPmt, pcrInterval, ptsInterval } from './intervals.ts'
import { continuity, streams, sync } from './packets.ts'

export const tsRules: readonly ObservedRule<EncoderEvidence>[] = [
  sync,
  patPmt,
  continuity,
  pcrInterval,
  ptsInterval,
  streams,
]
