import { z } from 'zod'
import type { EncoderEvidence, IngestEvent, IngestRecord } from '../ingest-record.ts'

const offerSchema = z.object({
  contentType: z.string(),
  redirected: z.boolean(),
  bundle: z.boolean(),
  media: z.array(
    z.object({
      kind: z.string(),
      direction: z.string(),
      rtcpMux: z.boolean(),
      codecs: z.array(z.object({ name: z.string() })),
    }),
  ),
})

export type WhipOffer = z.infer<typeof offerSchema>

/** Sessions that came by WHIP, redirected requests left out. */
export function whipSessions({ sessions }: EncoderEvidence): IngestRecord[] {
  return sessions.filter(
    (record) =>
      record.protocol === 'whip' && record.events.some(({ type }) => type === 'whip-offer'),
  )
}

/** What a session offered; null when the record does not tell. */
export function offerOf(record: IngestRecord): WhipOffer | null {
  const event = record.events.find(({ type }) => type === 'whip-offer')
  const offer = offerSchema.safeParse(event)
  return offer.success ? offer.data : null
}

export interface Answered {
  readonly at: number
  /** Null when it never was. */
  readonly answeredMs: number | null
  readonly event: IngestEvent
}

/** Requests of one type, with how long each waited for its answer. */
export function requestsOf(record: IngestRecord, type: string): Answered[] {
  return record.events
    .filter((event) => event.type === type)
    .map((event) => {
      const ms = event['answeredMs']
      return { at: event.at, answeredMs: typeof ms === 'number' ? ms : null, event }
    })
}
