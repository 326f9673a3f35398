import type { PlaylistSegment } from '../../viewers/hls-playlist.ts'
import { broken, count, holds } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import type { HlsProbe } from './hls-probe.ts'
import { hlsRule } from './hls-rule.ts'
import { FIRST_PLAYLIST_MS, START_TOLERANCE_MS, WATCHED_SEGMENTS } from './probe-limits.ts'
import { readSegmentMedia } from './segment-media.ts'

const EXPECTED = `every listed segment, part and map is there, parts are their segment, and each segment starts where the one before ends (±${START_TOLERANCE_MS} ms)`

export const segments = hlsRule(
  {
    id: 'hls.segments',
    level: 'must',
    title: 'Every segment, part and map that is listed can be fetched, and starts where it says',
    source: { document: 'RFC 8216', clause: '3, 6.2.1' },
    advice: 'keep media for at least as long as a playlist that lists it may be used',
    mutants: [{ kind: 'fault', id: 'missing-segment' }],
  },
  async (probe) => {
    const seen = await probe.until(
      (playlist) => playlist.segments.length >= WATCHED_SEGMENTS,
      FIRST_PLAYLIST_MS,
    )
    if (seen === null) return broken(EXPECTED, `no ${WATCHED_SEGMENTS} segments in time`)
    const evidence: Evidence[] = []
    let files = 0
    let expectedStart: number | null = null
    for (const segment of seen.playlist.segments) {
      const fetched = await fetchSegment(probe, segment, evidence)
      files += fetched.files
      if (fetched.start === null || segment.discontinuity) expectedStart = null
      const off = expectedStart === null ? 0 : ((fetched.start ?? 0) - expectedStart) * 1000
      if (Math.abs(off) > START_TOLERANCE_MS) {
        evidence.push({
          note: `segment ${segment.msn} starts ${off.toFixed(1)} ms beside the end of the one before`,
        })
      }
      expectedStart = fetched.start === null ? null : fetched.start + (segment.duration ?? 0)
    }
    const actual = `${count(files, 'file')} of ${count(seen.playlist.segments.length, 'segment')} fetched, ${count(evidence.length, 'fault')}`
    return evidence.length === 0
      ? holds(EXPECTED, actual)
      : broken(EXPECTED, `${actual}: ${evidence[0]!.note}`, evidence)
  },
)

/** Fetches a segment, its map and its parts, and compares them. */
async function fetchSegment(
  probe: HlsProbe,
  segment: PlaylistSegment,
  evidence: Evidence[],
): Promise<{ files: number; start: number | null }> {
  const { msn, uri, map, parts } = segment
  const get = async (what: string, url: string): Promise<Buffer | null> => {
    const { status, body } = await probe.get(url)
    if (status === 200 && body.length > 0) return body
    evidence.push({ note: `${what} of segment ${msn}: HTTP ${status}, ${body.length} bytes` })
    return null
  }
  const mapBytes = map === null ? null : await get('map', map)
  const whole = await get('media', uri ?? '')
  const pieces = []
  for (const [index, part] of parts.entries()) pieces.push(await get(`part ${index}`, part.uri))
  const files = pieces.length + 2
  if (map === null) evidence.push({ note: `segment ${msn} has no EXT-X-MAP` })
  if (mapBytes === null || whole === null) return { files, start: null }
  const read = pieces.filter((piece) => piece !== null)
  if (read.length === pieces.length && pieces.length > 0 && !Buffer.concat(read).equals(whole)) {
    evidence.push({ note: `segment ${msn} is not the sum of its ${parts.length} parts` })
  }
  const media = readSegmentMedia(mapBytes, whole)
  if (typeof media === 'string') {
    evidence.push({ note: `segment ${msn}: ${media}` })
    return { files, start: null }
  }
  return { files, start: media.start }
}
