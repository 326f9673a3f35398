import type { HlsResponse } from '../../viewers/hls-client.ts'
import { broken, count, holds } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import { hlsRule } from './hls-rule.ts'
import { LEAST_MEDIA_AGE_S } from './probe-limits.ts'

const PLAYLIST_TYPES = ['application/vnd.apple.mpegurl', 'audio/mpegurl']
const MEDIA_TYPES = ['video/mp4', 'audio/mp4', 'video/iso.segment', 'audio/iso.segment']
const EXPECTED = `Access-Control-Allow-Origin on every answer; playlists cached no longer than a target duration, media for ≥ ${LEAST_MEDIA_AGE_S} s; content types of RFC 8216`

export const http = hlsRule(
  {
    id: 'hls.http',
    level: 'should',
    title: 'Browsers and caches are told what they need: origins, lifetimes, content types',
    source: { document: 'RFC 8216', clause: '4, 6.2.1, 10' },
    advice: 'send CORS headers on playlists and media alike; let caches keep media, not playlists',
    mutants: [{ kind: 'fault', id: 'no-cors' }],
  },
  async (probe) => {
    const { playlist, answer } = await probe.playlist()
    const evidence: Evidence[] = []
    const lists: [string, HlsResponse][] = [
      ['multivariant playlist', probe.multivariant],
      ['media playlist', answer],
    ]
    for (const [name, response] of lists) {
      evidence.push(...common(name, response, PLAYLIST_TYPES))
      const age = maxAge(response)
      if (age === null || age > playlist.targetDuration) {
        evidence.push({ note: `${name}: Cache-Control: ${cacheControl(response)}` })
      }
    }
    const segment = playlist.segments.at(-1)
    const files: [string, string | null | undefined][] = [
      ['map', segment?.map],
      ['segment', segment?.uri],
      ['part', segment?.parts[0]?.uri],
    ]
    let answers = lists.length
    for (const [name, url] of files) {
      if (typeof url !== 'string') continue
      const response = await probe.get(url)
      // What cannot be had is told by hls.segments.
      if (response.status !== 200) continue
      answers += 1
      evidence.push(...common(name, response, MEDIA_TYPES))
      if ((maxAge(response) ?? 0) < LEAST_MEDIA_AGE_S) {
        evidence.push({ note: `${name}: Cache-Control: ${cacheControl(response)}` })
      }
    }
    const actual = `${count(answers, 'answer')}, ${count(evidence.length, 'fault')}${evidence[0] ? `: ${evidence[0].note}` : ''}`
    return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
  },
)

function common(name: string, { headers }: HlsResponse, types: readonly string[]): Evidence[] {
  const evidence: Evidence[] = []
  const origin = headers['access-control-allow-origin']
  if (origin === undefined) evidence.push({ note: `${name}: no Access-Control-Allow-Origin` })
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'none'
  if (!types.includes(type)) evidence.push({ note: `${name}: Content-Type: ${type}` })
  return evidence
}

/** s; 0 for what must not be kept, null where nothing is said. */
function maxAge(response: HlsResponse): number | null {
  const text = cacheControl(response)
  if (/\bno-(store|cache)\b/i.test(text)) return 0
  const [, seconds] = /\bmax-age=(\d+)/i.exec(text) ?? []
  return seconds === undefined ? null : Number(seconds)
}

function cacheControl({ headers }: HlsResponse): string {
  return headers['cache-control'] ?? 'none'
}
