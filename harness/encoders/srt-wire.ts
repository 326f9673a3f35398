import { z } from 'zod'

const ms = z.number().min(0)
const pid = z.int().min(0x10).max(0x1ffe)

/** How an encoder behaves as an SRT caller, and the transport stream that it sends. */
export const srtWireSchema = z.strictObject({
  /** ms, both ways */
  latencyMs: z.int().min(0).max(65_535),
  /** `push:NAME`, the bare name, or `#!::m=publish,r=NAME`. */
  streamId: z.enum(['push', 'plain', 'access-control']),
  /** The stream id is made this long by a parameter, characters. */
  streamIdLength: z.int().min(1).max(1_300).optional(),
  /** Of the library, `1.5.1`. */
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  flags: z.int().min(0),
  /** Bytes of one packet's payload: 7 transport packets make 1,316. */
  payloadBytes: z.int().min(1).max(1_456),
  /** `each-frame` sends what a frame makes at once, short payloads too; `full` waits for full ones. */
  payloads: z.enum(['each-frame', 'full']).default('full'),
  /** The O flag of data packets. */
  inOrder: z.boolean().default(false),
  /** Key length where the address has a passphrase, bytes. */
  keyBytes: z.union([z.literal(16), z.literal(24), z.literal(32)]),
  /** `5`: as the listener answers; `4`: stays with the old handshake, without HSREQ. */
  handshake: z.union([z.literal(4), z.literal(5)]).default(5),
  /** Sends again what the receiver misses. */
  answersNak: z.boolean().default(true),
  pids: z.strictObject({ pmt: pid, video: pid, audio: pid }).default({
    ...{ pmt: 0x1000, video: 0x100, audio: 0x101 },
  }),
  /** ms between the tables, and between PCRs at least: one comes with a picture only */
  tableMs: ms,
  pcrMs: ms,
  /** ms by which the PCR is behind the decode time */
  pcrBehindMs: ms.default(700),
  /** The service description, and ms between two. */
  sdt: z
    .strictObject({ everyMs: ms, provider: z.string().max(64), service: z.string().max(64) })
    .nullable()
    .default(null),
  /** AAC frames share a PES packet until it is so long, or so old; null: each has its own. */
  audioPes: z
    .strictObject({ bytes: z.int().min(1), ms })
    .nullable()
    .default(null),
  /** Sends its first tables by themselves too, ahead of everything, with the same counters. */
  repeatsFirstTables: z.boolean().default(false),
  /** Video PES packets say how long they are. */
  boundedVideo: z.boolean().default(false),
  /** ms, presentation time of the first frame */
  startMs: ms.default(1_400),
  /** Ways to break the transport stream: a foreign byte, or a counter that skips, each N packets. */
  junkEvery: z.int().min(1).optional(),
  skipCounterEvery: z.int().min(1).optional(),
  /** Presentation times only so often, ms; the first ten pictures all have one. */
  ptsEveryMs: ms.optional(),
  /** A second video stream, with the same pictures. */
  secondVideo: z.boolean().default(false),
})

export type SrtWire = z.infer<typeof srtWireSchema>
