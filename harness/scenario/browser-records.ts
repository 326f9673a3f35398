import type { MarkRecord, SeriesRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'
import type { PresentedFrame } from '../viewers/browser-viewer.ts'
import type { Span } from './link-record.ts'

/** Points of one chart; more would not be seen. */
const MAX_POINTS = 600
/** ms without a new picture from which on it is said to stand still. */
const STALL_MS = 500

type Seen = Pick<PresentedFrame, 'presentedAt' | 'bufferedMs'>

/** How much media the browser had in hand at each picture, in ms since the scenario began. */
export function bufferSeries(
  of: string,
  presented: readonly Seen[],
  { startedAt }: Span,
): SeriesRecord[] {
  if (presented.length === 0) return []
  const points = presented.map(({ presentedAt, bufferedMs }): [number, number] => [
    presentedAt - startedAt,
    bufferedMs,
  ])
  const shown = thin(points, MAX_POINTS).map(([at, value]): [number, number] => [at, value])
  return [{ name: `buffer, ${of}`, unit: 'ms', kind: 'buffer', of, points: shown }]
}

/** When the picture stood still, between pictures. */
export function browserStalls(
  of: string,
  presented: readonly Seen[],
  { startedAt }: Span,
): MarkRecord[] {
  return presented.flatMap(({ presentedAt }, place) => {
    const before = presented[place - 1]?.presentedAt ?? presentedAt
    if (presentedAt - before <= STALL_MS) return []
    const seconds = ((presentedAt - before) / 1000).toFixed(1)
    return [
      {
        at: before - startedAt,
        until: presentedAt - startedAt,
        kind: 'stall' as const,
        label: `no new picture for ${seconds} s`,
        of,
      },
    ]
  })
}
