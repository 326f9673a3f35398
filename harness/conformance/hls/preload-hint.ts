import type { MediaPlaylist } from '../../viewers/hls-playlist.ts'
import { broken, count, holds, skipped } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import { nextDirectives, nextPosition } from './hls-probe.ts'
import { hlsRule } from './hls-rule.ts'

const HINTS = 8
const EXPECTED = 'the hinted part is the next one that is listed, and its address delivers it'

export const preloadHint = hlsRule(
  {
    id: 'hls.preload-hint',
    level: 'should',
    title: 'A preload hint names the next part, and that part arrives there',
    source: { document: 'RFC 8216bis', clause: '4.4.5.3, 6.2.6' },
    advice: 'name parts so that the name of the next is known before a segment ends',
    mutants: [{ kind: 'fault', id: 'wrong-hint' }],
  },
  async (probe) => {
    let { playlist } = await probe.playlist()
    if (playlist.partTarget === null) return skipped(EXPECTED, 'the playlist has no parts')
    const evidence: Evidence[] = []
    let judged = 0
    for (let round = 0; round < HINTS; round++) {
      const { hint } = playlist
      if (hint === null) {
        evidence.push({ note: 'a playlist without EXT-X-PRELOAD-HINT:TYPE=PART' })
        break
      }
      const [answer, next] = await Promise.all([
        probe.get(hint).catch((error: Error) => error),
        probe.playlist(nextDirectives(playlist)),
      ])
      const came = firstNewPart(playlist, next.playlist)
      playlist = next.playlist
      if (came === null) continue
      judged += 1
      if (came !== hint) evidence.push({ note: `hinted ${nameOf(hint)}, came ${nameOf(came)}` })
      if (answer instanceof Error) evidence.push({ note: answer.message })
      else if (answer.status !== 200) {
        evidence.push({ note: `hinted ${nameOf(hint)}: HTTP ${answer.status}` })
      }
    }
    if (judged === 0 && evidence.length === 0) return skipped(EXPECTED, 'no new part came')
    const actual = `${count(judged, 'hint')}, ${count(evidence.length, 'fault')}`
    return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
  },
)

/** URI of the first part of `after` that `before` did not have. */
function firstNewPart(before: MediaPlaylist, after: MediaPlaylist): string | null {
  const { msn, part } = nextPosition(before)
  const all = after.open === null ? after.segments : [...after.segments, after.open]
  for (const segment of all) {
    if (segment.msn < msn) continue
    const parts = segment.msn === msn ? segment.parts.slice(part) : segment.parts
    if (parts[0] !== undefined) return parts[0].uri
  }
  return null
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
