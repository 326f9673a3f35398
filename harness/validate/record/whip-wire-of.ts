import { z } from 'zod'
import type { IngestRecord } from '../../conformance/ingest-record.ts'
import type { WhipWire } from '../../encoders/whip-wire.ts'

const offerSchema = z.object({
  userAgent: z.string(),
  authorization: z.enum(['bearer', 'none']),
  redirected: z.boolean(),
  media: z.array(
    z.object({
      kind: z.string(),
      direction: z.string(),
      codecs: z.array(z.object({ name: z.string(), fmtp: z.string().default('') })),
    }),
  ),
})

const PLI_ANSWERED_MS = 1_000

/** Fields of WHIP that no ingest can see, as OBS has them. */
export const WHIP_UNSEEN = {
  ...{ videoPayloadType: 96, audioPayloadType: 111, fragmentBytes: 1_200, nackPackets: 1_000 },
  ...{ httpTimeoutMs: 8_000, senderReportMs: 1_000 },
} as const

/** The wire behaviour of a WHIP client, as ingest wrote it down; null without an offer. */
export function whipWireOf(sessions: readonly IngestRecord[]): WhipWire | null {
  const events = sessions.flatMap((record) => record.events)
  const parsed = offerSchema.safeParse(events.find(({ type }) => type === 'whip-offer'))
  if (!parsed.success) return null
  const { userAgent, authorization, redirected, media } = parsed.data
  const section = (kind: string) => media.find((one) => one.kind === kind)
  const codecs = section('video')?.codecs ?? []
  const h264 = codecs.find(({ name }) => name.toUpperCase() === 'H264')
  const answered = (type: string, withinMs: number) =>
    events.some((event) => {
      const ms = event['answeredMs']
      return (
        event.type === type &&
        event['reason'] !== 'start' &&
        typeof ms === 'number' &&
        ms <= withinMs
      )
    })
  return {
    ...WHIP_UNSEEN,
    userAgent: userAgent || 'unknown',
    audio: section('audio') ? 'opus-48k' : null,
    authorization,
    video: h264 ? 'h264' : 'vp8',
    videoFmtp: h264?.fmtp ?? '',
    direction: section('video')?.direction === 'sendrecv' ? 'sendrecv' : 'sendonly',
    answersNack: answered('nack-probe', Number.POSITIVE_INFINITY),
    answersPli: answered('pli', PLI_ANSWERED_MS),
    followsRedirects: redirected,
    deletes: events.some(({ type }) => type === 'whip-delete'),
  }
}
