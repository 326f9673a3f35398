import type { IncomingMessage } from 'node:http'
import type { StreamAddresses } from '../api/stream-object.ts'
import { PROGRESSIVE_PATH } from '../delivery/h5live/progressive-endpoint.ts'
import { PROGRESSIVE_PLAYLIST_PATH } from '../delivery/hls/progressive-playlist.ts'
import type { Router } from './router.ts'

/** First requests of an HLS player; all that follow are relative to where it was sent. */
const HLS_INDEX = /^\/hls\/[^/]{1,64}\/index\.m3u8$/

/** The addresses that a client at `client` (IP address) is given; `own` are the origin's. */
export function steer(router: Router, client: string, own: StreamAddresses): StreamAddresses {
  const location = router.locate(client)
  if (location === undefined) return own
  const { websocket, playlist, progressive, hls, rtmp, srt, whip } = location.addresses
  return { ...own, rtmp, srt, whip, hls, h5live: { websocket, hls: playlist, progressive } }
}

/**
 * Where a client that asks the origin for media over HTTP should ask instead; undefined: here.
 * Not for WebSocket: browsers do not follow its redirects.
 */
export function redirectToEdge(
  router: Router,
  request: IncomingMessage,
  { pathname, search }: URL,
): string | undefined {
  const index = HLS_INDEX.test(pathname)
  if (!index && pathname !== PROGRESSIVE_PATH && pathname !== PROGRESSIVE_PLAYLIST_PATH) {
    return undefined
  }
  const location = router.locate(request.socket.remoteAddress ?? '')
  if (location === undefined) return undefined
  const { playlist, progressive, hls } = location.addresses
  if (index) return `${hls}${pathname.slice('/hls'.length)}${search}`
  return `${pathname === PROGRESSIVE_PATH ? progressive : playlist}${search}`
}
