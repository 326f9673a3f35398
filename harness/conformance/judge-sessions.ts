import type { EncoderEvidence, IngestRecord } from './ingest-record.ts'
import type { Finding } from './rule.ts'

/** The worst first: what one session breaks, the encoder breaks. */
const SEVERITY: readonly Finding['result'][] = [
  'failed',
  'broken',
  'warned',
  'holds',
  'info',
  'skipped',
]

/** Judges each session by itself; the worst finding stands for all of them. */
export function judgeSessions(
  check: (record: IngestRecord) => Finding,
): (evidence: EncoderEvidence) => Finding {
  return ({ sessions }) => {
    const findings = sessions.map(check)
    for (const result of SEVERITY) {
      const index = findings.findIndex((finding) => finding.result === result)
      const finding = findings[index]
      if (!finding) continue
      const breach = SEVERITY.indexOf(result) < SEVERITY.indexOf('holds')
      if (sessions.length === 1 || !breach) return finding
      return {
        ...finding,
        actual: `${finding.actual} (session ${index + 1} of ${sessions.length})`,
      }
    }
    return { result: 'skipped', expected: 'a session to judge', actual: 'no session was recorded' }
  }
}
