import type { IncomingMessage, ServerResponse } from 'node:http'
import { MEDIA_MAX_AGE_S, PLAYLIST_MAX_AGE_S } from './limits.ts'
import type { HlsSeams } from './seams.ts'

export const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl'
const CORS = { 'Access-Control-Allow-Origin': '*' } as const

export interface HlsAnswer {
  readonly type: string
  readonly maxAgeS: number
  readonly body: readonly Buffer[]
  readonly encoding?: 'gzip'
}

/** Playlists, packed where that is understood (RFC 8216bis §4.1 wants gzip for long ones). */
export function playlistAnswer(
  request: IncomingMessage,
  bytes: { readonly plain: Buffer; readonly gzip: Buffer },
): HlsAnswer {
  const answer = { type: PLAYLIST_TYPE, maxAgeS: PLAYLIST_MAX_AGE_S }
  return takesGzip(request)
    ? { ...answer, body: [bytes.gzip], encoding: 'gzip' }
    : { ...answer, body: [bytes.plain] }
}

export function mediaAnswer(type: string, body: readonly Buffer[]): HlsAnswer {
  return { type, maxAgeS: MEDIA_MAX_AGE_S, body }
}

/** @param idleMs ms without progress, after which the connection is closed */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HlsAnswer,
  seams: HlsSeams,
  idleMs: number,
): void {
  const playlist = answer.type === PLAYLIST_TYPE
  const length = answer.body.reduce((sum, { length }) => sum + length, 0)
  const headers = {
    'Content-Type': answer.type,
    'Content-Length': String(length),
    'Cache-Control': `public, max-age=${answer.maxAgeS}${playlist ? '' : ', immutable'}`,
    ...CORS,
    ...(playlist ? { Vary: 'Accept-Encoding' } : {}),
    ...(answer.encoding === undefined ? {} : { 'Content-Encoding': answer.encoding }),
  }
  response.setTimeout(idleMs, () => response.destroy())
  response.writeHead(200, seams.headers(headers))
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  response.cork()
  for (const bytes of answer.body) response.write(bytes)
  response.uncork()
  response.end()
}

/** What a browser asks before it may ask. */
export function sendPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    ...CORS,
    'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
    'Access-Control-Allow-Headers': 'Range',
    'Access-Control-Max-Age': '600',
  })
  response.end()
}

function takesGzip({ headers }: IncomingMessage): boolean {
  const accepted = String(headers['accept-encoding'] ?? '')
  return accepted.split(',').some((one) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one))
}
