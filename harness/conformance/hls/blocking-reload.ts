import type { MediaPlaylist } from '../../viewers/hls-playlist.ts'
import { broken, count, holds, skipped } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import { type HlsProbe, nextPosition } from './hls-probe.ts'
import { hlsRule } from './hls-rule.ts'
import { FAR_AHEAD_BUDGET_MS, FAR_AHEAD_SEGMENTS } from './probe-limits.ts'

const RELOADS = 8
const EXPECTED = `a playlist that was asked for by its position has it; ${FAR_AHEAD_SEGMENTS} segments ahead: 400 or 503 ≤ ${FAR_AHEAD_BUDGET_MS} ms`

export const blockingReload = hlsRule(
  {
    id: 'hls.blocking-reload',
    level: 'must',
    title: 'A playlist that is asked for by its position comes when it has it, and not before',
    source: { document: 'RFC 8216bis', clause: '6.2.5.2' },
    advice: 'hold the answer back until the playlist has the segment or part that was asked for',
    mutants: [{ kind: 'fault', id: 'returns-early' }],
  },
  async (probe) => {
    let { playlist } = await probe.playlist()
    if (!playlist.canBlockReload) return skipped(EXPECTED, 'CAN-BLOCK-RELOAD is not offered')
    const evidence: Evidence[] = []
    const waits: number[] = []
    for (let round = 0; round < RELOADS; round++) {
      const { msn, part } = nextPosition(playlist)
      // In turn for a part, and for the whole segment.
      const whole = round % 4 === 3 || playlist.partTarget === null
      const directives = whole ? `_HLS_msn=${msn}` : `_HLS_msn=${msn}&_HLS_part=${part}`
      const seen = await probe.playlist(directives)
      playlist = seen.playlist
      waits.push(seen.answer.ms)
      if (!has(playlist, msn, whole ? null : part)) {
        const { msn: lastMsn, part: lastPart } = nextPosition(playlist)
        evidence.push({
          note: `${directives} answered after ${seen.answer.ms.toFixed(0)} ms with a playlist that ends before ${lastMsn}.${lastPart}`,
        })
      }
    }
    const far = await askFarAhead(probe, playlist, evidence)
    const longest = Math.max(...waits)
    const actual = `${count(waits.length, 'reload')}, ${count(evidence.length, 'fault')}, longest wait ${longest.toFixed(0)} ms; far ahead: ${far}`
    return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
  },
)

/** Whether a playlist has this segment whole (`part` null), or this part or a later one. */
export function has(playlist: MediaPlaylist, msn: number, part: number | null): boolean {
  const next = nextPosition(playlist)
  if (playlist.endlist || next.msn > msn) return true
  return part !== null && next.msn === msn && next.part > part
}

async function askFarAhead(
  probe: HlsProbe,
  playlist: MediaPlaylist,
  evidence: Evidence[],
): Promise<string> {
  const answer = await probe.ask(`_HLS_msn=${nextPosition(playlist).msn + FAR_AHEAD_SEGMENTS}`)
  const story = `HTTP ${answer.status} after ${answer.ms.toFixed(0)} ms`
  if ((answer.status !== 400 && answer.status !== 503) || answer.ms > FAR_AHEAD_BUDGET_MS) {
    evidence.push({ note: `${FAR_AHEAD_SEGMENTS} segments ahead: ${story}` })
  }
  return story
}
