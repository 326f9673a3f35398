import { z } from 'zod'

const ms = z.number().min(0)

/** When a lost connection is tried again; null: the encoder gives up at once. */
const reconnectSchema = z
  .strictObject({
    firstDelayMs: ms,
    /** Each delay is the last one times this. */
    factor: z.number().min(1),
    maxDelayMs: ms,
    maxRetries: z.int().min(1),
    /** Goes on where a retry is refused, as it may be while the lost session still counts. */
    afterRefusal: z.boolean().default(false),
  })
  .nullable()

export type ReconnectPolicy = z.infer<typeof reconnectSchema>

/**
 * One way to be wrong over time. `at`, `every`, `for` are ms of stream time since the first frame.
 */
export const misbehaviourSchema = z.discriminatedUnion('kind', [
  /** Begins in the middle of a group of pictures. */
  z.strictObject({ kind: z.literal('skip-frames'), frames: z.int().min(1) }),
  /** Timestamps jump ahead once, on all tracks. */
  z.strictObject({ kind: z.literal('timestamp-jump'), at: ms, by: ms }),
  /** The timestamp of one video frame lies before the last one's. */
  z.strictObject({ kind: z.literal('step-back'), every: ms, by: ms }),
  /** Media is sent slower (< 1) or faster (> 1) than real time; timestamps stay. */
  z.strictObject({ kind: z.literal('pace'), speed: z.number().min(0.1).max(10) }),
  /** Nothing is sent for a while; then all that was due at once. */
  z.strictObject({ kind: z.literal('stall'), every: ms, for: ms }),
  /** Timestamps of a track run slower or faster than its media. */
  z.strictObject({
    kind: z.literal('drift'),
    track: z.enum(['audio', 'video']),
    speed: z.number().min(0.5).max(2),
  }),
  /** A track begins later than the other. */
  z.strictObject({ kind: z.literal('begin-late'), track: z.enum(['audio', 'video']), by: ms }),
  /** A track is sent later than its timestamps say. */
  z.strictObject({ kind: z.literal('send-late'), track: z.enum(['audio', 'video']), by: ms }),
  /** Filler data raises the video bitrate, always or for the first `for` of each `every`. */
  z.strictObject({
    kind: z.literal('filler'),
    kbps: z.number().positive(),
    every: ms.optional(),
    for: ms.optional(),
  }),
  /** Another clip from then on, announced by new metadata and sequence header. */
  z.strictObject({ kind: z.literal('switch-video'), at: ms, clip: z.string() }),
])

export type Misbehaviour = z.infer<typeof misbehaviourSchema>

export const behaviourSchema = z.strictObject({
  reconnect: reconnectSchema,
  /** Protocols over which it is another. */
  reconnectOver: z.partialRecord(z.enum(['rtmp', 'srt', 'whip']), reconnectSchema).optional(),
  /** When the network is too slow: wait and send late, or drop P frames older than `dropAfterMs`. */
  congestion: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('block') }),
    z.strictObject({ kind: z.literal('drop'), dropAfterMs: ms }),
  ]),
  misbehaviours: z.array(misbehaviourSchema).default([]),
})

export type Behaviour = z.infer<typeof behaviourSchema>

/** How an encoder comes back over a protocol. */
export function reconnectPolicy(
  { reconnect, reconnectOver }: Behaviour,
  protocol: 'rtmp' | 'srt' | 'whip',
): ReconnectPolicy {
  const own = reconnectOver?.[protocol]
  return own === undefined ? reconnect : own
}
