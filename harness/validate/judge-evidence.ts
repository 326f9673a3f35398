import type { EncoderEvidence } from '../conformance/ingest-record.ts'
import { encoderSideRules, familyOf } from '../conformance/registry.ts'
import { type Verdict, verdictOf } from '../conformance/rule.ts'
import type { DoorProtocol } from './door.ts'

/** Families that concern an encoder, by the protocol that it publishes over. */
const FAMILIES: Readonly<Record<DoorProtocol, readonly string[]>> = {
  rtmp: ['encoder', 'rtmp.client'],
  srt: ['encoder', 'srt.client', 'ts'],
  whip: ['encoder', 'whip.client'],
}

/** The rules for an encoder over this protocol, in the order of the catalogue. */
export function rulesFor(protocol: DoorProtocol): typeof encoderSideRules {
  return encoderSideRules.filter(({ id }) => FAMILIES[protocol].includes(familyOf(id)))
}

/** One verdict for each rule; may be asked again and again of evidence that grows. */
export function judgeEvidence(protocol: DoorProtocol, evidence: EncoderEvidence): Verdict[] {
  return rulesFor(protocol).map((rule) => verdictOf(rule, rule.check(evidence)))
}
