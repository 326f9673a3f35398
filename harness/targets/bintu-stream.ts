import { randomInt } from 'node:crypto'
import type { z } from 'zod'
import type { BintuState, listedAnswer, playoutAnswer, streamAnswer } from './bintu-answers.ts'
import type { TargetStream } from './target.ts'

/** A stream of a list. */
export interface ListedStream {
  readonly id: string
  readonly state: BintuState
  readonly tags: readonly string[]
  /** ISO 8601 */
  readonly createdAt: string
}

/** A stream with all that encoders and viewers need. */
export interface BintuStream extends ListedStream, TargetStream {
  /** Every bitrate of the group, the passthrough first; absent where a target has no groups. */
  readonly renditions?: readonly Rendition[]
}

/** One bitrate of a group. */
export interface Rendition {
  readonly name: string
  readonly index: number
  /** Complete WebSocket address, query included. */
  readonly h5live: string
}

export function toListedStream(answer: z.infer<typeof listedAnswer>): ListedStream {
  const { id, state, tags, created_at: createdAt } = answer
  return { id, state, tags, createdAt }
}

export function toBintuStream(answer: z.infer<typeof streamAnswer>): BintuStream {
  return {
    renditions: answer.playout.h5live.map((entry, place) => ({
      name: entry.rtmp.streamname,
      index: entry.index ?? place,
      h5live: playoutAddress(entry.server.websocket, entry.rtmp),
    })),
    ...toListedStream(answer),
    name: answer.ingest.rtmp.streamname,
    ingest: {
      rtmp: answer.ingest.rtmp.url,
      ...(answer.ingest.srt ? { srt: answer.ingest.srt.url } : {}),
      ...(answer.ingest.whip ? { whip: answer.ingest.whip } : {}),
      ...(answer.ingest.webrtc ? { webrtc: answer.ingest.webrtc.url } : {}),
    },
    playout: toPlayout(answer),
  }
}

export function toPlayout({ playout }: z.infer<typeof playoutAnswer>): TargetStream['playout'] {
  const { rtmp, server } = playout.h5live[0]!
  const hls = playout.hls[0]?.url
  const play = playout.rtmp[0]
  return {
    h5live: playoutAddress(server.websocket, rtmp),
    progressive: playoutAddress(server.progressive, rtmp),
    rtmp,
    ...(hls ? { hls } : {}),
    ...(play ? { play: `${play.url}/${play.streamname}` } : {}),
  }
}

/** The query that a player adds: where the media comes from, and its own ids. */
function playoutAddress(server: string, rtmp: TargetStream['playout']['rtmp']): string {
  const address = new URL(server)
  address.searchParams.set('url', rtmp.url)
  address.searchParams.set('stream', rtmp.streamname)
  address.searchParams.set('cid', String(randomInt(100_000, 1_000_000)))
  address.searchParams.set('pid', String(randomInt(10_000_000_000, 100_000_000_000)))
  return address.href
}
