import { skipped } from '../findings.ts'
import type { IngestEvent, IngestRecord } from '../ingest-record.ts'
import type { Finding } from '../rule.ts'

/** The first event of a type. */
export function eventOf({ events }: IngestRecord, type: string): IngestEvent | undefined {
  return events.find((event) => event.type === type)
}

export function numberOf(event: IngestEvent | undefined, field: string): number {
  const value = event?.[field]
  return typeof value === 'number' ? value : 0
}

/** A check that judges SRT sessions only. */
export function onSrt(
  expected: string,
  check: (record: IngestRecord) => Finding,
): (record: IngestRecord) => Finding {
  return (record) =>
    record.protocol === 'srt'
      ? check(record)
      : skipped(expected, `published over ${record.protocol.toUpperCase()}`)
}
