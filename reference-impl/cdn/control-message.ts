import { z } from 'zod'
import { WireError } from '../errors.ts'

const address = z.url({ protocol: /^(wss?|https?|rtmps?|srt)$/ }).max(512)
const place = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
})
const word = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/)
const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER)

const load = z.strictObject({
  viewers: z.int().min(0),
  /** Names of the streams that are pulled now, and how many watch each over H5Live. */
  streams: z.array(z.strictObject({ name: z.string().max(64), viewers: z.int().min(0) })).max(100),
  /** Publishers that are passed on to the origin, and the datagrams that went either way. */
  publishers: z.int().min(0),
  datagrams: amount,
  /** Of the edge's process. */
  rssBytes: amount,
  cpuMs: amount,
})

const fromEdge = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    schema: z.literal('liveproof/edge@1'),
    id: word,
    region: word,
    pid: z.int().min(1),
    capacity: z.int().min(1),
    addresses: z.strictObject({
      websocket: address,
      playlist: address,
      progressive: address,
      hls: address,
      rtmp: address,
      srt: address,
      whip: address,
    }),
  }),
  z.strictObject({ type: z.literal('heartbeat'), ...load.shape }),
])

const fromOrigin = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    /** Grows with every start of the origin. */
    generation: z.int().min(0),
    /** `rtmp://host:port/play`, which H5Live requests name as their source. */
    playUrl: z.string().min(1).max(512),
    /** Where the origin takes publishers: the last two are HTTP and UDP of WHIP. */
    ingest: z.strictObject({ rtmp: place, srt: place, whip: place, media: place }),
  }),
  z.strictObject({ type: z.literal('heartbeat') }),
])

/** What an edge says to its origin. */
export type EdgeMessage = z.infer<typeof fromEdge>
export type EdgeHello = Extract<EdgeMessage, { type: 'hello' }>
export type EdgeLoad = z.infer<typeof load>
/** What an origin says to its edges. */
export type OriginMessage = z.infer<typeof fromOrigin>
export type OriginIngest = OriginWelcome['ingest']
export type OriginWelcome = Extract<OriginMessage, { type: 'welcome' }>

/** @throws WireError `LP_FEED_CONTROL` */
export function readEdgeMessage(text: string): EdgeMessage {
  return read(fromEdge, text)
}

/** @throws WireError `LP_FEED_CONTROL` */
export function readOriginMessage(text: string): OriginMessage {
  return read(fromOrigin, text)
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new WireError('LP_FEED_CONTROL', 'a message between origin and edge is no JSON')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new WireError('LP_FEED_CONTROL', z.prettifyError(parsed.error))
}
