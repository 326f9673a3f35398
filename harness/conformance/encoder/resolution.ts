import { broken, holds, info, skipped } from '../findings.ts'
import type { IngestRecord, IngestTrack } from '../ingest-record.ts'
import type { Evidence } from '../rule.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING } from './sources.ts'

/** The page's list. */
const STANDARD: readonly string[] = [
  '640x480',
  '640x360',
  '424x240',
  '768x432',
  '848x480',
  '720x576',
  '1024x576',
  '1280x720',
  '1920x1080',
]
const PREFERRED = '1280x720'
const NO_SIZE = 'no sequence header told the resolution'

export const resolutionConstant = sessionRule(
  {
    id: 'encoder.resolution-constant',
    level: 'must',
    title: 'the resolution never changes within a session',
    source: { document: LIVE_ENCODING, clause: 'Avoid changing resolutions during a stream' },
    advice: 'Switch off dynamic resolution; stop and start again to change it.',
    mutants: ['resolution-change'],
  },
  (record) => {
    const expected = 'one resolution for the whole session'
    const sized = sizedTracks(record)
    if (sized.length === 0) return skipped(expected, NO_SIZE)
    const sizes = sized.map(sizeOf)
    const change = sized.findIndex((track, i) => i > 0 && sizeOf(track) !== sizes[i - 1])
    if (change < 0) return holds(expected, sizes[0] ?? '')
    return broken(expected, sizes.join(', then '), sized.slice(change).map(toEvidence))
  },
)

export const resolutionStandard = sessionRule(
  {
    id: 'encoder.resolution-standard',
    level: 'should',
    title: 'the resolution is one of the standard ones',
    source: { document: LIVE_ENCODING, clause: 'Standard Resolutions' },
    advice: `Choose one of ${STANDARD.join(', ')}.`,
    mutants: ['odd-resolution', '4k-at-300k'],
  },
  (record) => {
    const expected = `one of ${STANDARD.join(', ')}`
    const sized = sizedTracks(record)
    if (sized.length === 0) return skipped(expected, NO_SIZE)
    const odd = sized.filter((track) => !STANDARD.includes(sizeOf(track)))
    const seen = [...new Set(sized.map(sizeOf))].join(', ')
    return odd.length === 0 ? holds(expected, seen) : broken(expected, seen, odd.map(toEvidence))
  },
)

export const resolutionPreferred = sessionRule(
  {
    id: 'encoder.resolution-preferred',
    level: 'info',
    title: '720p is preferred for ultra-low latency',
    source: { document: LIVE_ENCODING, clause: 'General Recommendations' },
    advice: 'Send 1280x720 where the picture does not need more: each pixel costs latency.',
    mutants: [],
  },
  (record) => {
    const expected = `${PREFERRED} is preferred`
    const sized = sizedTracks(record)
    if (sized.length === 0) return skipped(expected, NO_SIZE)
    return info(expected, [...new Set(sized.map(sizeOf))].join(', '))
  },
)

function sizedTracks(record: IngestRecord): IngestTrack[] {
  return record.tracks.filter(({ kind, width, height }) => kind === 'video' && width && height)
}

function sizeOf({ width, height }: IngestTrack): string {
  return `${width}x${height}`
}

function toEvidence(track: IngestTrack): Evidence {
  return { note: `sequence header with ${sizeOf(track)}`, at: track.at }
}
