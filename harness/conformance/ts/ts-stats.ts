import { z } from 'zod'
import type { IngestRecord } from '../ingest-record.ts'
import type { Evidence } from '../rule.ts'
import { eventOf } from '../srt-client/srt-events.ts'

const gaps = z.object({ count: z.number(), maxGapMs: z.number(), maxGapAt: z.number() })

const tsStatsSchema = z.object({
  bytes: z.number(),
  spanMs: z.number(),
  faults: z.object({ sync: z.number(), continuity: z.number() }),
  ...{ pat: gaps, pmt: gaps, pcr: gaps, pts: gaps },
})

export type TsStats = z.infer<typeof tsStatsSchema>
export type Gaps = z.infer<typeof gaps>

/** What ingest measured of the transport stream; null when none came. */
export function tsStatsOf(record: IngestRecord): TsStats | null {
  const read = tsStatsSchema.safeParse(eventOf(record, 'ts-stats'))
  return read.success && read.data.bytes > 0 ? read.data : null
}

/** The first faults of a kind. */
export function faultsOf({ events }: IngestRecord, fault: string): Evidence[] {
  return events
    .filter(({ type, fault: kind }) => type === 'ts-fault' && kind === fault)
    .map(({ at, pid, detail }) => ({ at, note: `PID ${String(pid)}: ${String(detail)}` }))
}
