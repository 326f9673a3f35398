import { z } from 'zod'

const csid = z.int().min(2).max(65_599)

/** A value of `connect`, or of the metadata; `from` takes it from the clip, the profile or the address. */
const valueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.strictObject({
    from: z.enum([
      'app',
      'tcUrl',
      'width',
      'height',
      'frameRate',
      'videoCodecId',
      'audioCodecId',
      'videoKbps',
      'audioKbps',
      'sampleRate',
      'creationDate',
    ]),
    /** Divides a number: some encoders count in 1,024. */
    dividedBy: z.number().positive().optional(),
  }),
])

export type WireValue = z.infer<typeof valueSchema>

const fieldsSchema = z.array(z.tuple([z.string(), valueSchema]))

/** How an encoder behaves on an RTMP connection. */
export const rtmpWireSchema = z.strictObject({
  /** `simple`: random bytes and an echo (RTMP 1.0 §5.2); `digest`: the signed form of Flash players. */
  handshake: z.enum(['simple', 'digest', 'c2-garbage']),
  /** Chunk size that is announced, bytes; null: none, it stays at 128. */
  chunkSize: z.int().min(1).max(0x7fffffff).nullable(),
  /**
   * What is sent before media, in order; each `wait-…` waits for that command's answer.
   */
  opening: z.array(
    z.enum([
      'set-chunk-size',
      'connect',
      'wait-connect',
      'releaseStream',
      'FCPublish',
      'createStream',
      'wait-createStream',
      'publish',
      'wait-publish',
      'metadata',
      'video-header',
      'audio-header',
    ]),
  ),
  /** What is sent at a graceful stop, in order; empty: the connection is cut. */
  closing: z.array(
    z.enum(['end-of-sequence', 'FCUnpublish', 'deleteStream', 'deleteStream-by-name']),
  ),
  /** Which commands have a transaction of their own: all, or those that are answered (others: 0). */
  transactions: z.enum(['all', 'answered']).default('all'),
  /** Answers Set Peer Bandwidth with Window Acknowledgement Size (§5.4.5). */
  answersPeerBandwidth: z.boolean().default(false),
  csids: z.strictObject({ command: csid, publish: csid, audio: csid, video: csid, data: csid }),
  /** `librtmp` never uses header form 3 for a new message; `shortest` uses all forms. */
  chunkFormats: z.enum(['librtmp', 'shortest']),
  connect: fieldsSchema,
  publishType: z.enum(['live', 'record', 'append']),
  /** Put behind the stream name. */
  keySuffix: z.string().default(''),
  metadata: fieldsSchema,
  /** Sends Acknowledgement once a share of the announced window has arrived. */
  acknowledges: z.boolean(),
})

export type RtmpWire = z.infer<typeof rtmpWireSchema>
