import type { Histogram } from '../measure/histogram.ts'
import type { LatencyRecord, SeriesRecord, StartupRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'
import type { Viewer } from '../viewers/viewer.ts'
import type { ViewerRecord } from '../viewers/viewer-record.ts'

/** Points of one chart; more would not be seen. */
const MAX_POINTS = 600
/** ms over which a bit rate is taken. */
const WINDOW_MS = 500

/** `composed (BPM)`: as OBS says by its wall clock; `composed`: by our stamp. */
type MeasuredFrom = 'composed' | 'composed (BPM)'

export interface MeasuredPath {
  readonly path: string
  /** Default `composed`. */
  readonly from?: MeasuredFrom
  readonly to: 'received' | 'presented'
  /** Frames that never arrived. */
  readonly lost: number
  /** Over which the encoder published, where that is known. */
  readonly protocol?: string | undefined
  /** Names of the links that its frames took. */
  readonly links: readonly string[]
}

/** The latencies that a viewer measured, and from where. */
export function measuredLatencies({
  latency,
  bpmLatency,
}: Pick<Viewer, 'latency' | 'bpmLatency'>): [MeasuredFrom, Histogram][] {
  const all: [MeasuredFrom, Histogram][] = [
    ['composed', latency],
    ['composed (BPM)', bpmLatency],
  ]
  return all.filter(([, { count }]) => count > 0)
}

/** Figures of one path. */
export function latencyRecord(
  { path, from = 'composed', to, lost, protocol, links }: MeasuredPath,
  latency: Histogram,
): LatencyRecord {
  const { count, p50, p95, p99, max, errorBoundMs, histogram } = latency.figures()
  return {
    path,
    ...(protocol ? { protocol } : {}),
    links: [...links],
    from,
    to,
    count,
    lost,
    p50,
    p95,
    p99,
    max,
    errorBoundMs,
    histogram,
  }
}

/** How long each stage of the start took; null when the viewer never got anywhere. */
export function startupRecord(name: string, viewer: Viewer): StartupRecord | null {
  const { connect, open, firstText, init, firstFragment, firstKeyFrame } = viewer.record.stages
  const reached = [
    ['TCP connected', connect],
    ['accepted', open],
    ['first message', firstText],
    ['init segment', init],
    ['first fragment', firstFragment],
    ['first key frame', firstKeyFrame],
  ].filter((stage): stage is [string, number] => stage[1] !== null)
  if (reached.length === 0) return null
  let before = 0
  const stages = reached.map(([stage, at]) => {
    const ms = Math.max(0, at - before)
    before = Math.max(before, at)
    return { name: stage, ms }
  })
  return { viewer: name, stages }
}

/** Latency of each frame and bit rate of each half second, in ms since the scenario began. */
export function viewerSeries(of: string, record: ViewerRecord, startedAt: number): SeriesRecord[] {
  const offset = record.openedAt - startedAt
  const { init } = record.stages
  const latency: [number, number][] = []
  const bytes: number[] = []
  for (const event of record.events) {
    if (event.type !== 'fragment') continue
    const window = Math.floor(event.at / WINDOW_MS)
    bytes[window] = (bytes[window] ?? 0) + event.size
    for (const { samples } of event.tracks)
      for (const { stamp } of samples) {
        const composedAt = stamp ? stamp.timeUs / 1000 - record.openedAt : null
        if (composedAt !== null && init !== null && composedAt >= init)
          latency.push([event.at + offset, event.at - composedAt])
      }
  }
  if (latency.length === 0) return []
  // The first and the last window are cut off somewhere, so they say nothing about the rate.
  const rate = Array.from(bytes, (sum = 0, window): [number, number] => [
    (window + 0.5) * WINDOW_MS + offset,
    (sum * 8) / WINDOW_MS,
  ]).slice(1, -1)
  const shown = (points: [number, number][]) =>
    thin(points, MAX_POINTS).map(([at, value]): [number, number] => [at, value])
  return [
    { name: `latency, ${of}`, unit: 'ms', kind: 'latency', of, points: shown(latency) },
    { name: `received by ${of}`, unit: 'kbit/s', kind: 'received', of, points: shown(rate) },
  ]
}
