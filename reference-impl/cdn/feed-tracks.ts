import { z } from 'zod'
import { WireError } from '../errors.ts'
import { type TrackSet, tracksOf } from '../live/packet.ts'
import { MAX_CONFIG_CHARACTERS } from './limits.ts'

const config = z
  .base64()
  .max(MAX_CONFIG_CHARACTERS)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const codecString = z.string().min(1).max(64)
const pixels = z.int().min(0).max(65_535)

const video = z.strictObject({
  kind: z.literal('video'),
  codec: z.enum(['avc1', 'hvc1', 'av01']),
  config,
  width: pixels,
  height: pixels,
  codecString,
})
const audio = z.strictObject({
  kind: z.literal('audio'),
  codec: z.enum(['mp4a', 'opus']),
  config,
  sampleRate: z.int().min(1).max(768_000),
  channels: z.int().min(1).max(255),
  codecString,
})
const trackSet = z
  .strictObject({ video: video.optional(), audio: audio.optional() })
  .refine((set) => set.video !== undefined || set.audio !== undefined, 'no track')

/** The tracks of an initialisation segment as JSON. */
export function writeTracks(set: TrackSet): string {
  const entries = tracksOf(set).map((track) => [
    track.kind,
    { ...track, config: Buffer.from(track.config).toString('base64') },
  ])
  return JSON.stringify(Object.fromEntries(entries))
}

/** @throws WireError `LP_FEED_RECORD` */
export function readTracks(text: string): TrackSet {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new WireError('LP_FEED_RECORD', 'the tracks of a feed are no JSON')
  }
  const read = trackSet.safeParse(value)
  if (!read.success) throw new WireError('LP_FEED_RECORD', z.prettifyError(read.error))
  return {
    ...(read.data.video === undefined ? {} : { video: read.data.video }),
    ...(read.data.audio === undefined ? {} : { audio: read.data.audio }),
  }
}
