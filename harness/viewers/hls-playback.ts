import { Histogram } from '../measure/histogram.ts'
import type { FragmentEvent, ViewerRecord } from './viewer-record.ts'

/** How a player that plays what a viewer received, at the speed of real time, would have done. */
export interface ModelledPlayback {
  /** Played − composed of each stamped video frame, ms. */
  readonly latency: Histogram
  /** ms that it stood still because the next frame had not come. */
  readonly stalledMs: number
  /** ms from its first picture to its last. */
  readonly playedMs: number
}

interface Arrival {
  /** ms on the media timeline */
  readonly mediaMs: number
  /** ms of the machine's monotonic clock */
  readonly receivedMs: number
  readonly composedMs: number | null
}

/**
 * A viewer in code takes what it gets at once; a player starts as far behind the live edge as the
 * playlist says, and then plays on. This says what such a player would show and when: it begins
 * with the first frame that came, and stops for frames that come too late.
 * @param startupMs how long after its first frame came a player shows it
 */
export function modelledPlayback(record: ViewerRecord, startupMs = 0): ModelledPlayback {
  const latency = new Histogram()
  let startMs: number | null = null
  let offset = 0
  let stalledMs = 0
  let last = 0
  for (const { mediaMs, receivedMs, composedMs } of arrivalsOf(record)) {
    if (startMs === null) {
      startMs = receivedMs
      offset = receivedMs + startupMs - mediaMs
    }
    const late = receivedMs - (mediaMs + offset)
    if (late > 0) {
      stalledMs += late
      offset += late
    }
    last = mediaMs + offset
    if (composedMs !== null) latency.record(last - composedMs)
  }
  return { latency, stalledMs, playedMs: startMs === null ? 0 : last - startMs }
}

function arrivalsOf({ events, openedAt }: ViewerRecord): Arrival[] {
  const timescales = new Map<number, number>()
  const arrivals: Arrival[] = []
  for (const event of events) {
    if (event.type === 'init') {
      for (const track of event.init.tracks) {
        if (track.kind === 'video') timescales.set(track.id, track.timescale)
      }
    } else if (event.type === 'fragment') {
      arrivals.push(...framesOf(event, timescales, openedAt))
    }
  }
  return arrivals
}

function framesOf(
  { at, tracks }: FragmentEvent,
  timescales: ReadonlyMap<number, number>,
  openedAt: number,
): Arrival[] {
  return tracks.flatMap(({ trackId, samples }) => {
    const timescale = timescales.get(trackId)
    if (timescale === undefined) return []
    return samples.map(({ dts, compositionOffset, stamp }) => ({
      mediaMs: ((dts + compositionOffset) / timescale) * 1000,
      receivedMs: openedAt + at,
      composedMs: stamp === null ? null : stamp.timeUs / 1000,
    }))
  })
}
