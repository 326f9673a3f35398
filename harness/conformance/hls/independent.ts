import { broken, count, holds } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import { hlsRule } from './hls-rule.ts'
import { FIRST_PLAYLIST_MS, WATCHED_SEGMENTS } from './probe-limits.ts'
import { readSegmentMedia } from './segment-media.ts'

const EXPECTED = 'every segment, and every part marked INDEPENDENT, starts with an IDR picture'

export const independent = hlsRule(
  {
    id: 'hls.independent',
    level: 'must',
    title: 'Segments start with a key frame, and so do the parts that say so',
    source: { document: 'RFC 8216', clause: '4.3.5.1; 8216bis 4.4.4.9' },
    advice: 'cut segments at key frames; set the key-frame interval of the encoder to 2 s',
    mutants: [{ kind: 'fault', id: 'no-idr' }],
  },
  async (probe) => {
    const seen = await probe.until(
      (playlist) => playlist.segments.length >= WATCHED_SEGMENTS,
      FIRST_PLAYLIST_MS,
    )
    if (seen === null) return broken(EXPECTED, `no ${WATCHED_SEGMENTS} segments in time`)
    const evidence: Evidence[] = []
    let looked = 0
    for (const { msn, uri, map, parts } of seen.playlist.segments) {
      const mapBytes = await probe.get(map ?? '')
      const marked = parts.flatMap((part, index) => (part.independent ? [{ part, index }] : []))
      const files = [
        { name: `segment ${msn}`, url: uri ?? '' },
        ...marked.map(({ part, index }) => ({ name: `part ${msn}.${index}`, url: part.uri })),
      ]
      for (const { name, url } of files) {
        const { status, body } = await probe.get(url)
        const media = status === 200 ? readSegmentMedia(mapBytes.body, body) : `HTTP ${status}`
        // What cannot be had or read is told by hls.segments.
        if (typeof media === 'string') continue
        looked += 1
        if (!media.startsWithKey) evidence.push({ note: `${name} does not start with a key frame` })
      }
    }
    const actual = `${count(looked, 'start')} looked at, ${evidence.length} without a key frame`
    if (looked === 0)
      return { result: 'skipped', expected: EXPECTED, actual: 'nothing could be read' }
    return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
  },
)
