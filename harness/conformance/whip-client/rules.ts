import type { EncoderEvidence } from '../ingest-record.ts'
import type { ObservedRule } from '../rule.ts'
import { keyframes } from './keyframes.ts'
import { nack } from './nack.ts'
import { offer } from './offer.ts'
import { redirect } from './redirect.ts'
import { stop } from './stop.ts'

/** `whip.client.*`: what a WHIP encoder does on the wire. */
export const whipClientRules: readonly ObservedRule<EncoderEvidence>[] = [
  offer,
  redirect,
  stop,
  keyframes,
  nack,
]
