import type { EncoderEvidence, IngestRecord } from '../ingest-record.ts'
import { judgeSessions } from '../judge-sessions.ts'
import type { Finding, Level, Mutant, ObservedRule } from '../rule.ts'

interface Card {
  readonly id: string
  readonly level: Level
  readonly title: string
  readonly source: { readonly document: string; readonly clause?: string }
  readonly advice?: string
  /** Ids of bad profiles. */
  readonly mutants: readonly string[]
}

/** A rule that judges each session of an encoder by itself. */
export function sessionRule(
  card: Card,
  check: (record: IngestRecord) => Finding,
): ObservedRule<EncoderEvidence> {
  return evidenceRule(card, judgeSessions(check))
}

/** A rule that needs to see all sessions together. */
export function evidenceRule(
  card: Card,
  check: (evidence: EncoderEvidence) => Finding,
): ObservedRule<EncoderEvidence> {
  const mutants: Mutant[] = card.mutants.map((id) => ({ kind: 'profile', id }))
  return { kind: 'observed', ...card, mutants, check }
}
