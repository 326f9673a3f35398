import { z } from 'zod'

const rtmpAddress = z.object({ url: z.string().min(1), streamname: z.string().min(1) })

export const streamState = z.enum(['created', 'live', 'ended', 'locked', 'deleted'])
export type BintuState = z.infer<typeof streamState>

/** A stream as far as every target is known to describe it; what else comes is let through. */
export const listedAnswer = z.object({
  id: z.uuid(),
  state: streamState,
  created_at: z.iso.datetime(),
  tags: z.array(z.string()).default([]),
})

/** What encoders and viewers need besides. */
export const streamAnswer = listedAnswer.extend({
  ingest: z.object({
    rtmp: rtmpAddress,
    srt: z.object({ url: z.string().min(1) }).optional(),
    webrtc: z.object({ url: z.url() }).optional(),
    whip: z.object({ url: z.url(), token: z.string() }).optional(),
  }),
  playout: z.object({
    h5live: z
      .array(
        z.object({
          rtmp: rtmpAddress,
          server: z.object({ websocket: z.url(), progressive: z.url() }),
          index: z.int().optional(),
        }),
      )
      .min(1),
    hls: z.array(z.object({ url: z.string() })).default([]),
    rtmp: z.array(rtmpAddress).default([]),
  }),
})

/** What somebody without a key is told. */
export const playoutAnswer = streamAnswer.pick({ playout: true })

export const organisationAnswer = z.looseObject({})

export const validateAnswer = z.object({ streamname: z.string(), taken: z.boolean() })
