// Facts §2.1, observed at a third party and promised by nobody: a playlist whose one segment is the
// endless progressive stream.
import { randomInt } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJsonError } from '../h5live/json-error.ts'
import { findRequestedStream, type StreamLookup } from '../h5live/stream-request.ts'
import { PLAYLIST_TYPE } from './answer.ts'

export const PROGRESSIVE_PLAYLIST_PATH = '/h5live/http/playlist.m3u8'
const MAX_PLAYLIST_ID = 2 ** 31

/** Answers the product's own HLS address. */
export function answerProgressivePlaylist(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  lookup: StreamLookup,
): void {
  const answer = findRequestedStream(query, lookup)
  if (!answer.ok) {
    const { http, code, message } = answer.refused
    sendJsonError(response, http, code, message)
    return
  }
  const body = progressivePlaylist(query, randomInt(MAX_PLAYLIST_ID))
  response.writeHead(200, {
    'Content-Type': PLAYLIST_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': '*',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** `id`: tells one playlist from another, as `h5pltc`. */
export function progressivePlaylist(query: URLSearchParams, id: number): string {
  const segment = new URLSearchParams()
  for (const name of ['url', 'stream', 'cid', 'pid']) {
    const value = query.get(name)
    if (value !== null) segment.set(name, value)
  }
  segment.set('h5pltc', String(id))
  return `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nstream.mp4?${segment}\n`
}
