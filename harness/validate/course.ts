import type { EncoderEvidence, IngestRecord } from '../conformance/ingest-record.ts'
import { framesOf, type MediaFrame } from '../conformance/media-frames.ts'
import type { MarkRecord, SeriesRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'

const BIN_MS = 1_000
const MAX_POINTS = 600
/** Seconds of one session that are told: two hours. */
const MAX_BINS = 7_200
const MAX_MARKS = 100

/** What a report draws over time; all in ms since `startedAt` (ms, `nowMs`). */
export function courseOf(
  { sessions }: EncoderEvidence,
  startedAt: number,
): { series: SeriesRecord[]; marks: MarkRecord[] } {
  const told = sessions.filter(({ frames }) => frames.at.length > 0)
  const kbps = (frames: readonly MediaFrame[]) =>
    (frames.reduce((sum, { size }) => sum + size, 0) * 8) / BIN_MS
  const line = (
    name: string,
    unit: string,
    kind: SeriesRecord['kind'],
    track: 'video' | 'audio',
    value: (frames: readonly MediaFrame[], least: number) => number,
  ): SeriesRecord => {
    const points = told.flatMap((record) => binned(record, startedAt, track, value))
    const shown = thin(points, MAX_POINTS).map(([at, y]): [number, number] => [at, y])
    return { name, unit, ...(kind ? { kind } : {}), points: shown }
  }
  const series = [
    line('video', 'kbit/s', 'received', 'video', kbps),
    line('audio', 'kbit/s', 'received', 'audio', kbps),
    line('Frame rate', 'fps', undefined, 'video', (frames) => (frames.length * 1000) / BIN_MS),
    line('Latest frame of each second', 'ms', undefined, 'video', (frames, least) =>
      Math.max(0, ...frames.map(({ at, media }) => at - media - least)),
    ),
  ].filter(({ points }) => points.length > 0)
  return { series, marks: sessions.flatMap((one) => marksOf(one, startedAt)).slice(0, MAX_MARKS) }
}

/** One value for each whole second of a session. */
function binned(
  record: IngestRecord,
  startedAt: number,
  track: 'video' | 'audio',
  value: (frames: readonly MediaFrame[], least: number) => number,
): [number, number][] {
  const frames = framesOf(record, track)
  const first = frames[0]
  const last = frames.at(-1)
  if (!first || !last) return []
  const least = frames.reduce((min, { at, media }) => Math.min(min, at - media), Infinity)
  const count = Math.min(MAX_BINS, Math.floor((last.at - first.at) / BIN_MS))
  const bins: MediaFrame[][] = Array.from({ length: count }, () => [])
  for (const frame of frames) bins[Math.floor((frame.at - first.at) / BIN_MS)]?.push(frame)
  const offset = record.openedAt + first.at - startedAt
  return bins.map((bin, i): [number, number] => [offset + (i + 0.5) * BIN_MS, value(bin, least)])
}

function marksOf(record: IngestRecord, startedAt: number): MarkRecord[] {
  const { openedAt, closedAt, closeReason, frames } = record
  const of = 'the encoder'
  const accepted = frames.at.length > 0
  const marks: MarkRecord[] = [
    {
      ...{ at: openedAt - startedAt, kind: 'reconnect', of },
      label: accepted ? 'connects' : 'connects, and is refused or says nothing',
    },
  ]
  if (closedAt !== null && accepted)
    marks.push({ at: closedAt - startedAt, kind: 'end', label: `ends: ${closeReason}`, of })
  return marks
}
