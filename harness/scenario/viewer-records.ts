import type { Histogram } from '../measure/histogram.ts'
import type { LatencyRecord, SeriesRecord, StartupRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'
import type { Viewer } from '../viewers/viewer.ts'

/** Points of one chart; more would not be seen. */
const MAX_POINTS = 600

/** Figures of one path. `lost`: frames that never arrived. */
export function latencyRecord(
  { path, to, lost }: { path: string; to: 'received' | 'presented'; lost: number },
  latency: Histogram,
): LatencyRecord {
  const { count, p50, p95, p99, max, errorBoundMs, histogram } = latency.figures()
  return {
    path,
    from: 'composed',
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

/** Latency of each frame and bit rate of each second, over the viewer's time. */
export function latencySeries(name: string, viewer: Viewer): SeriesRecord[] {
  const { record } = viewer
  const latency: [number, number][] = []
  const bytesPerSecond = new Map<number, number>()
  for (const event of record.events) {
    if (event.type !== 'fragment') continue
    const second = Math.floor(event.at / 1000)
    bytesPerSecond.set(second, (bytesPerSecond.get(second) ?? 0) + event.size)
    for (const track of event.tracks)
      for (const { stamp } of track.samples)
        if (stamp && record.stages.init !== null) {
          const composedAt = stamp.timeUs / 1000 - record.openedAt
          if (composedAt >= record.stages.init) latency.push([event.at, event.at - composedAt])
        }
  }
  if (latency.length === 0) return []
  // The first and the last second are cut off somewhere, so they say nothing about the rate.
  const whole = [...bytesPerSecond].slice(1, -1)
  return [
    {
      name: `latency, ${name}`,
      unit: 'ms',
      points: thin(latency, MAX_POINTS).map(([at, ms]) => [at, ms]),
    },
    {
      name: `bit rate, ${name}`,
      unit: 'kbit/s',
      points: whole.map(([second, bytes]) => [second * 1000, (bytes * 8) / 1000]),
    },
  ]
}
