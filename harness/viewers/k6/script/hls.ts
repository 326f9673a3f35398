import http from 'k6/http'
import { pause } from './pause.ts'
import { type Arrival, deadlines, type Plan, urlFor } from './plan.ts'
import { firstVariant, nextWanted, readPlaylist } from './playlist.ts'
import { Watch } from './watch.ts'

/** Longer than a blocking reload may last (three target durations), ms. */
const TIMEOUT = '15s'
const POLL_MS = 200

/** One LL-HLS viewer: blocking reloads, each part once. */
export async function watchHls(plan: Plan, arrival: Arrival): Promise<void> {
  const { dueMs, endMs } = deadlines(plan, arrival)
  const watch = new Watch(plan, arrival)
  await pause(dueMs - Date.now())
  watch.asks(Date.now())
  const seen = new Set<string>()
  let url = urlFor(plan, arrival)
  let query = ''
  while (Date.now() < endMs) {
    const answer = await http.asyncRequest('GET', url + query, null, {
      timeout: TIMEOUT,
      tags: { name: 'playlist' },
    })
    if (answer.status !== 200) {
      watch.fails(`the playlist was answered with ${answer.status}`)
      break
    }
    const variant = firstVariant(String(answer.body))
    if (variant) {
      url = resolve(url, variant)
      continue
    }
    const playlist = readPlaylist(String(answer.body))
    const before = seen.size
    // A viewer that joins starts at the newest part that can be decoded alone.
    const start =
      seen.size > 0
        ? 0
        : Math.max(
            0,
            playlist.parts.findLastIndex((p) => p.independent),
          )
    for (const { uri } of playlist.parts.slice(start)) {
      if (seen.has(uri)) continue
      seen.add(uri)
      const part = await http.asyncRequest('GET', resolve(url, uri), null, {
        responseType: 'binary',
        timeout: TIMEOUT,
        tags: { name: 'part' },
      })
      if (part.status === 200) watch.media(new Uint8Array(part.body as ArrayBuffer), Date.now())
      else watch.fails(`a part was answered with ${part.status}`)
    }
    query = nextWanted(playlist)
    // Only a server that does not block its answers gets here without anything new.
    if (seen.size === before) await pause(POLL_MS)
  }
  watch.end(Math.min(Date.now(), endMs))
}

/** Absolute addresses, absolute paths and paths beside the playlist: k6 has no URL class. */
function resolve(base: string, uri: string): string {
  if (/^https?:\/\//.test(uri)) return uri
  const origin = /^https?:\/\/[^/]+/.exec(base)?.[0] ?? ''
  if (uri.startsWith('/')) return origin + uri
  return base.replace(/\?.*$/, '').replace(/[^/]*$/, '') + uri
}
