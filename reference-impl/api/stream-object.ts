import { z } from 'zod'
import type { PushControl } from '../delivery/rtmp/push/push-status.ts'
import { STREAM_STATES } from '../live/stream-states.ts'
import { parseProfile } from '../processing/profile.ts'
import type { StoredStream, StreamStore } from './store.ts'

const rtmpAddress = z.object({ url: z.url(), streamname: z.string() })
const processing = z.array(z.unknown())
const tags = z.array(z.string())

/** A stream as every answer shows it. */
export const streamObject = z
  .object({
    id: z.uuid(),
    state: z.enum(STREAM_STATES),
    type: z.literal('low-latency'),
    created_at: z.iso.datetime(),
    updated_at: z.iso
      .datetime()
      .meta({ 'x-guess': true, description: '[GUESS] That there is such a field.' }),
    streamgroup: z.uuid().describe('Id of the passthrough stream.'),
    tags,
    push_url: z
      .string()
      .nullable()
      .optional()
      .meta({ 'x-guess': true, description: '[GUESS] Name of the field. Only with a key.' }),
    push_status: z
      .object({
        state: z.enum(['connecting', 'pushing', 'waiting', 'denied']),
        attempts: z.int().min(0),
        error: z.string().nullable(),
        since: z.iso.datetime(),
      })
      .nullable()
      .optional()
      .meta({ 'x-guess': true, description: '[GUESS] How the pushing stands. Only with a key.' }),
    ingest: z
      .object({
        rtmp: rtmpAddress,
        srt: z
          .object({ url: z.url(), streamid: z.string() })
          .optional()
          .meta({ 'x-guess': true, description: '[GUESS] Names and place of the SRT address.' }),
        webrtc: z
          .object({ url: z.url() })
          .optional()
          .meta({ 'x-guess': true, description: '[GUESS] Where a webcaster publishes.' }),
        whip: z
          .object({ url: z.url(), token: z.string() })
          .optional()
          .meta({ 'x-guess': true, description: '[GUESS] For encoders that send a bearer token.' }),
      })
      .optional()
      .describe('Where to publish. Only with a key.'),
    playout: z.object({
      h5live: z.array(
        z.object({
          id: z.uuid(),
          rtmp: rtmpAddress,
          server: z.object({ websocket: z.url(), hls: z.url(), progressive: z.url() }),
          processing,
          tags,
          index: z.int().min(0),
          info: z
            .object({
              bitrate: z.number(),
              width: z.number(),
              height: z.number(),
              framerate: z.number().nullable(),
            })
            .optional()
            .meta({
              'x-guess': true,
              description: '[GUESS] What a transcode is made as; bitrate in kbit/s.',
            }),
        }),
      ),
      rtmp: z.array(
        rtmpAddress.extend({
          type: z.literal('live'),
          id: z.uuid(),
          processing,
          tags,
          index: z.int().min(0),
        }),
      ),
      hls: z.array(z.object({ url: z.url(), type: z.literal('live') })),
      web: z.array(z.unknown()),
      thumbnails: z.array(z.unknown()),
      replay: z.array(z.unknown()),
      motionclip: z.array(z.unknown()),
    }),
  })
  .meta({ id: 'Stream' })

export type StreamObject = z.infer<typeof streamObject>

/** The addresses that a stream object names; known once everything listens. */
export interface StreamAddresses {
  /** `rtmp://host:port/live` */
  readonly rtmp: string
  /** `srt://host:port` */
  readonly srt: string
  /** `http://host:port` of WHIP */
  readonly whip: string
  /** `rtmp://host:port/play` */
  readonly play: string
  readonly h5live: {
    readonly websocket: string
    readonly hls: string
    readonly progressive: string
  }
  /** `http://host:port/hls` */
  readonly hls: string
}

/**
 * @param withSecrets false for an anonymous caller, who must not learn where to publish
 *   nor the push URL, which may hold another platform's stream key
 */
export function presentStream(
  stream: StoredStream,
  context: {
    readonly addresses: () => StreamAddresses
    readonly push?: Pick<PushControl, 'status'> | undefined
    readonly store: Pick<StreamStore, 'members'>
  },
  withSecrets: boolean,
): StreamObject {
  const addresses = context.addresses()
  // The first of a group shows all of it; each other member shows itself.
  const shown =
    stream.index === 0
      ? context.store
          .members(stream)
          .filter(({ id, state }) => id === stream.id || state !== 'deleted')
      : [stream]
  const entries = shown.length === 0 ? [stream] : shown
  const ingests = withSecrets && stream.profile === null
  return {
    id: stream.id,
    state: stream.state,
    type: 'low-latency',
    created_at: stream.createdAt,
    updated_at: stream.updatedAt,
    streamgroup: stream.groupId,
    tags: [...stream.tags],
    ...(ingests
      ? {
          push_url: stream.pushUrl,
          push_status: context.push?.status(stream.name) ?? null,
          ingest: {
            rtmp: { url: addresses.rtmp, streamname: stream.name },
            srt: srtAddress(addresses.srt, stream.name),
            ...whipAddresses(addresses, stream.name),
          },
        }
      : {}),
    playout: {
      h5live: entries.map((entry) => ({
        id: entry.id,
        rtmp: { url: addresses.play, streamname: entry.name },
        server: addresses.h5live,
        processing: [],
        tags: [...entry.tags],
        index: entry.index,
        ...infoOf(entry.profile),
      })),
      rtmp: entries.map((entry) => ({
        url: addresses.play,
        streamname: entry.name,
        type: 'live',
        id: entry.id,
        processing: [],
        tags: [...entry.tags],
        index: entry.index,
      })),
      hls: [{ url: `${addresses.hls}/${stream.name}/index.m3u8`, type: 'live' }],
      web: [],
      thumbnails: [],
      replay: [],
      motionclip: [],
    },
  }
}

function infoOf(profile: string | null) {
  const known = profile === null ? undefined : parseProfile(profile)
  if (known === undefined) return {}
  const { kbps: bitrate, width, height, fps: framerate } = known
  return { info: { bitrate, width, height, framerate } }
}

/** The webcaster's form, and that of encoders with a bearer token. */
function whipAddresses(addresses: StreamAddresses, name: string) {
  const query = new URLSearchParams({ stream_name: name, stream_url: addresses.rtmp })
  return {
    webrtc: { url: `${addresses.whip}/p/webrtc?${query}` },
    whip: { url: `${addresses.whip}/whip/${name}`, token: name },
  }
}

/** The form that the vendor documents; latency and timeout are µs. */
function srtAddress(base: string, name: string): { url: string; streamid: string } {
  const streamid = `push:${name}`
  const options = 'mode=caller&latency=500000&timeout=1000000&transtype=live'
  return { url: `${base}?${options}&streamid=${streamid}`, streamid }
}
