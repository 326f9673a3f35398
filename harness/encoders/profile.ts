import { z } from 'zod'
import { behaviourSchema } from './behaviour.ts'
import { browserWireSchema } from './browser-wire.ts'
import { rtmpWireSchema } from './rtmp-wire.ts'
import { srtWireSchema } from './srt-wire.ts'
import { whipWireSchema } from './whip-wire.ts'

const origin = {
  kind: z.enum(['captured', 'documented', 'assumed']),
  /** The capture's name, the page, or the reason for the assumption. */
  source: z.string().min(1),
}

/** Where a group of fields comes from; `fields` names those that come from elsewhere. */
const provenanceSchema = z.strictObject({
  ...origin,
  fields: z.record(z.string(), z.strictObject(origin)).optional(),
})

export type Provenance = z.infer<typeof provenanceSchema>

const protocolSchema = z.enum(['rtmp', 'rtmps', 'srt', 'whip'])

export type Protocol = z.infer<typeof protocolSchema>

/** A rule that the real encoder is known to break, and how that is known. */
const departureSchema = z.strictObject({
  rule: z.string().regex(/^[a-z.]+\.[a-z-]+$/),
  protocols: z.array(protocolSchema).min(1),
  source: z.string().min(1),
})

const identifier = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/)

const mediaSchema = z.strictObject({
  /** Clips of `fixtures/clips`, without `.flv`; null for none. */
  video: identifier.nullable(),
  audio: identifier.nullable(),
  /** What the encoder declares, kbit/s. */
  videoKbps: z.number().positive(),
  audioKbps: z.number().positive(),
  /** ms, first video timestamp (an AAC encoder's priming moves it). */
  videoStartMs: z.number().min(0).default(0),
})

const multiBitrateSchema = z.strictObject({
  /** Clips of `fixtures/clips`, and what the encoder declares for each, kbit/s. */
  renditions: z
    .array(z.strictObject({ video: identifier, videoKbps: z.number().positive() }))
    .min(2)
    .max(4),
  /** All renditions have their key frames at the same pictures. */
  aligned: z.boolean(),
})

/** A simulated encoder, as data: `fixtures/profiles/<id>.json`. */
export const profileSchema = z.strictObject({
  schema: z.literal('liveproof/profile@1'),
  id: identifier,
  name: z.string().min(1),
  vendor: z.string().min(1),
  version: z.string().min(1),
  protocols: z.array(protocolSchema).min(1),
  media: mediaSchema,
  rtmp: rtmpWireSchema.optional(),
  srt: srtWireSchema.optional(),
  whip: whipWireSchema.optional(),
  /** A real browser publishes instead of us, over WHIP. */
  browser: browserWireSchema.optional(),
  /** What it sends where it sends several renditions at once, the best first. */
  multiBitrate: multiBitrateSchema.optional(),
  behaviour: behaviourSchema,
  departs: z.array(departureSchema).default([]),
  provenance: z.strictObject({
    identity: provenanceSchema,
    media: provenanceSchema,
    rtmp: provenanceSchema.optional(),
    srt: provenanceSchema.optional(),
    whip: provenanceSchema.optional(),
    browser: provenanceSchema.optional(),
    multiBitrate: provenanceSchema.optional(),
    behaviour: provenanceSchema,
  }),
})

export type Profile = z.infer<typeof profileSchema>

/** A profile that is wrong in one way: `fixtures/profiles/bad/<id>.json`. */
export const badProfileSchema = z.strictObject({
  schema: z.literal('liveproof/bad-profile@1'),
  id: identifier,
  /** What it does wrong, one sentence. */
  summary: z.string().min(1),
  /** Id of the good profile that is changed. */
  extends: identifier,
  /** Merged into it, field by field; arrays are replaced. */
  change: z.record(z.string(), z.unknown()),
  /** Ids of exactly the rules that must notice, at any level. */
  breaks: z.array(z.string().regex(/^[a-z.]+\.[a-z-]+$/)).min(1),
  /** s of publishing that the rules need to notice. */
  observeSeconds: z.number().positive().max(60),
  /** The target refuses it: there is a session, but no media. */
  refused: z.boolean().default(false),
  /** The connection must be cut once before it shows. */
  drop: z.boolean().default(false),
  /** Profiles that publish beside it, for a multi-bitrate group. */
  group: z.array(identifier).default([]),
})

export type BadProfile = z.infer<typeof badProfileSchema>
