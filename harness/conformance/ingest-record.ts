import { z } from 'zod'

/** What an ingest wrote down about one session, as the harness reads it (see the reference's docs). */
const column = z.array(z.number())

const framesSchema = z
  .object({
    /** 0 video, 1 audio */
    track: column,
    /** 90 kHz ticks, unwrapped */
    dts: column,
    /** pts − dts, 90 kHz ticks */
    cts: column,
    key: column,
    idr: column,
    /** bytes */
    size: column,
    /** ms since the session opened, arrival of the last byte */
    at: column,
  })
  .refine(
    (frames) => Object.values(frames).every(({ length }) => length === frames.track.length),
    'the columns of frames must have equal lengths',
  )

const trackSchema = z.object({
  at: z.number(),
  kind: z.enum(['video', 'audio']),
  codec: z.string(),
  config: z.string(),
  width: z.number().optional(),
  height: z.number().optional(),
  profile: z.number().optional(),
  constraints: z.number().optional(),
  level: z.number().optional(),
  sampleRate: z.number().optional(),
  channels: z.number().optional(),
})

export const ingestRecordSchema = z.object({
  schema: z.literal('liveproof/ingest-record@1'),
  session: z.string(),
  protocol: z.enum(['rtmp', 'rtmps', 'srt', 'whip']),
  stream: z.string().nullable(),
  remote: z.string(),
  openedAt: z.number(),
  openedAtUtc: z.string(),
  closedAt: z.number().nullable(),
  closeReason: z.string().nullable(),
  truncated: z.boolean(),
  events: z.array(z.looseObject({ at: z.number(), type: z.string() })),
  tracks: z.array(trackSchema),
  frames: framesSchema,
})

export type IngestRecord = z.infer<typeof ingestRecordSchema>
export type IngestTrack = IngestRecord['tracks'][number]
export type IngestEvent = IngestRecord['events'][number]

/** What rules on encoders read: the sessions of one stream, or of a group's members, oldest first. */
export interface EncoderEvidence {
  readonly sessions: readonly IngestRecord[]
  /** Until when nobody else came: ms on the clock of `openedAt`. Unknown when absent. */
  readonly until?: number
}
