import type { MediaPlaylist } from '../../viewers/hls-playlist.ts'
import { broken, count, holds } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import type { SeenPlaylist } from './hls-probe.ts'
import { hlsRule } from './hls-rule.ts'
import { FOLLOWED_PLAYLISTS, LEAST_PART_SHARE, ROUNDING_MS } from './probe-limits.ts'
import { parserComplaint } from './second-reader.ts'

const EXPECTED =
  'playlists that two parsers read; EXT-X-TARGETDURATION ≥ every rounded EXTINF; parts of 85–100 % of PART-TARGET; media sequence only grows'

export const playlist = hlsRule(
  {
    id: 'hls.playlist',
    level: 'must',
    title:
      'Playlists can be read, their target durations are kept, and their media sequence only grows',
    source: { document: 'RFC 8216', clause: '4.3.3.1, 6.2.1, 6.2.2' },
    advice: 'round the longest segment to the nearest second for EXT-X-TARGETDURATION',
    mutants: [{ kind: 'fault', id: 'short-target' }],
  },
  async (probe) => {
    const evidence: Evidence[] = []
    const top = parserComplaint(probe.multivariant.body.toString('utf8'))
    if (top !== null) evidence.push({ note: `multivariant playlist: ${top}` })
    const seen = await probe.follow(FOLLOWED_PLAYLISTS)
    for (const { text, playlist } of seen) {
      const complaint = parserComplaint(text)
      if (complaint !== null) evidence.push({ note: complaint })
      evidence.push(...durationFaults(playlist))
    }
    evidence.push(...changeFaults(seen))
    const segments = new Set(seen.flatMap((one) => one.playlist.segments.map(({ msn }) => msn)))
    const actual = `${count(seen.length, 'playlist')} with ${count(segments.size, 'segment')}, ${count(evidence.length, 'fault')}`
    return evidence.length === 0
      ? holds(EXPECTED, actual)
      : broken(EXPECTED, `${actual}: ${evidence[0]!.note}`, evidence)
  },
)

/** RFC 8216 §4.3.3.1; 8216bis §4.4.4.9 for parts. */
export function durationFaults(playlist: MediaPlaylist): Evidence[] {
  const { targetDuration, partTarget, segments, open } = playlist
  const faults: Evidence[] = []
  for (const { msn, duration } of segments) {
    if (Math.round(duration ?? 0) > targetDuration) {
      faults.push({
        note: `segment ${msn}: EXTINF ${duration} s, target duration ${targetDuration} s`,
      })
    }
  }
  if (partTarget === null) return faults
  for (const { msn, parts, uri } of open === null ? segments : [...segments, open]) {
    for (const [index, part] of parts.entries()) {
      const last = uri !== null && index === parts.length - 1
      if (part.duration > partTarget + ROUNDING_MS / 1000) {
        faults.push({
          note: `part ${msn}.${index}: ${part.duration} s, PART-TARGET ${partTarget} s`,
        })
      } else if (!last && part.duration < LEAST_PART_SHARE * partTarget) {
        faults.push({
          note: `part ${msn}.${index}: ${part.duration} s, below 85 % of ${partTarget} s`,
        })
      }
    }
  }
  return faults
}

/** RFC 8216 §6.2.1: what may change between two playlists. */
export function changeFaults(seen: readonly Pick<SeenPlaylist, 'playlist'>[]): Evidence[] {
  const faults: Evidence[] = []
  const known = new Map<number, string | null>()
  for (const [index, { playlist }] of seen.entries()) {
    const before = seen[index - 1]?.playlist
    if (before !== undefined) {
      const { mediaSequence, targetDuration, discontinuitySequence } = before
      if (playlist.mediaSequence < mediaSequence) {
        faults.push({ note: `media sequence ${playlist.mediaSequence} after ${mediaSequence}` })
      }
      if (playlist.targetDuration !== targetDuration) {
        faults.push({ note: `target duration ${playlist.targetDuration} after ${targetDuration}` })
      }
      if (playlist.discontinuitySequence < discontinuitySequence) {
        faults.push({
          note: `discontinuity sequence ${playlist.discontinuitySequence} after ${discontinuitySequence}`,
        })
      }
    }
    for (const { msn, uri } of playlist.segments) {
      const first = known.get(msn)
      if (first !== undefined && first !== uri) {
        faults.push({ note: `segment ${msn} was ${first}, and is ${uri}` })
      }
      known.set(msn, uri)
    }
  }
  return faults
}
