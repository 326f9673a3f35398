import type { EncoderEvidence } from '../ingest-record.ts'
import type { ObservedRule } from '../rule.ts'
import { encryption, handshake, latency, streamId } from './call.ts'
import { payload, retransmits } from './data.ts'

export const srtClientRules: readonly ObservedRule<EncoderEvidence>[] = [
  handshake,
  streamId,
  latency,
  payload,
  retransmits,
  encryption,
]
