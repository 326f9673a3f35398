import { broken, holds, skipped } from '../findings.ts'
import type { IngestRecord, IngestTrack } from '../ingest-record.ts'
import { framesOf, spanOf, type TrackKind } from '../media-frames.ts'
import { sessionRule } from './rule-of.ts'

const RATE_TOLERANCE = 0.01
const RATE_SPAN_MS = 2_000

/** Codec numbers and names of onMetaData (FLV 10.1 E.5; enhanced RTMP: the fourCC as a number). */
const CODEC_IDS: Record<string, readonly (string | number)[]> = {
  avc1: [7, 'avc1', 0x61766331],
  hvc1: [12, 'hvc1', 0x68766331],
  av01: ['av01', 0x61763031],
  mp4a: [10, 'mp4a', 0x6d703461],
  mp3: [2, '.mp3', 0x2e6d7033],
}

export const metadataMatches = sessionRule(
  {
    id: 'encoder.metadata-matches',
    level: 'should',
    title: 'onMetaData declares what the bitstream holds',
    source: { document: 'Adobe FLV 10.1', clause: 'E.5' },
    advice: 'Fill onMetaData from the encoder that runs, not from the settings dialogue.',
    mutants: ['lying-metadata'],
  },
  (record) => {
    const expected = 'declared width, height, frame rate and codecs equal the bitstream'
    const declarations = record.events.filter(
      ({ type, handler }) => type === 'metadata' && handler === 'onMetaData',
    )
    if (declarations.length === 0) return skipped(expected, 'no onMetaData')
    const differences = declarations.flatMap(({ at, value }) =>
      differencesOf(record, at, isRecord(value) ? value : {}).map((note) => ({ note, at })),
    )
    if (record.tracks.length === 0) return skipped(expected, 'no sequence header to compare with')
    if (differences.length === 0) return holds(expected, 'as declared')
    return broken(expected, differences.map(({ note }) => note).join(', '), differences)
  },
)

function differencesOf(
  record: IngestRecord,
  at: number,
  declared: Record<string, unknown>,
): string[] {
  const video = trackAt(record, 'video', at)
  const audio = trackAt(record, 'audio', at)
  const differences: string[] = []
  const compare = (name: string, seen: number | undefined): void => {
    const value = declared[name]
    if (typeof value !== 'number' || value === 0 || seen === undefined) return
    if (value !== seen) differences.push(`${name} ${value}, is ${seen}`)
  }
  compare('width', video?.width)
  compare('height', video?.height)
  differences.push(...codecDifference('videocodecid', declared, video))
  differences.push(...codecDifference('audiocodecid', declared, audio))
  const rate = measuredRate(record)
  const declaredRate = declared['framerate']
  if (rate !== null && typeof declaredRate === 'number' && declaredRate > 0) {
    if (Math.abs(rate - declaredRate) > declaredRate * RATE_TOLERANCE) {
      differences.push(`framerate ${declaredRate}, is ${rate.toFixed(2)}`)
    }
  }
  return differences
}

function codecDifference(
  name: string,
  declared: Record<string, unknown>,
  track: IngestTrack | undefined,
): string[] {
  const value = declared[name]
  const known = track && CODEC_IDS[track.codec]
  if (!known || (typeof value !== 'number' && typeof value !== 'string') || value === '') return []
  return known.includes(value) ? [] : [`${name} ${value}, is ${track.codec}`]
}

/** What was announced right after the metadata, or was in force before it. */
function trackAt(record: IngestRecord, kind: TrackKind, at: number): IngestTrack | undefined {
  const tracks = record.tracks.filter((track) => track.kind === kind)
  return tracks.find((track) => track.at >= at) ?? tracks.at(-1)
}

function measuredRate(record: IngestRecord): number | null {
  const frames = framesOf(record, 'video')
  const span = spanOf(frames)
  return span < RATE_SPAN_MS ? null : ((frames.length - 1) * 1000) / span
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
