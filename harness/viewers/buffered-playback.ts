import { Histogram } from '../measure/histogram.ts'
import { type BufferThresholds, PlaybackBuffer } from './swarm/playback-buffer.ts'
import type { FragmentEvent, ViewerRecord } from './viewer-record.ts'

/** Where playback was when a frame arrived. */
export interface PlaybackMoment {
  /** ms of the machine's monotonic clock */
  readonly at: number
  /** played − composed, ms */
  readonly latencyMs: number
}

export interface BufferedPlayback {
  /** Played − composed of what was composed while somebody watched, ms. */
  readonly latency: Histogram
  readonly moments: readonly PlaybackMoment[]
  readonly stalls: number
  /** ms that it stood still after it had begun */
  readonly stalledMs: number
  /** ms from its first picture to the end of the recording */
  readonly watchedMs: number
  /** ms from connect to the first picture; null when it never began */
  readonly startedMs: number | null
}

/**
 * What a player with this buffer would have shown of what a viewer received: for formats that send
 * everything at once, as H5Live does. @param until ms of the machine's clock: the end of watching
 */
export function bufferedPlayback(
  record: ViewerRecord,
  until: number,
  goals?: BufferThresholds,
): BufferedPlayback {
  const buffer = new PlaybackBuffer(goals)
  const latency = new Histogram()
  const moments: PlaybackMoment[] = []
  let startedMs: number | null = null
  let timescales = new Map<number, number>()
  const liveSince = record.openedAt + (record.stages.init ?? Number.POSITIVE_INFINITY)
  for (const event of record.events) {
    if (event.type === 'init') {
      const video = event.init.tracks.filter(({ kind }) => kind === 'video')
      timescales = new Map(video.map(({ id, timescale }) => [id, timescale]))
    }
    if (event.type !== 'fragment') continue
    const at = record.openedAt + event.at
    const seen = extentOf(event, timescales)
    if (seen === null) continue
    buffer.add(seen.start, seen.duration, at / 1000)
    if (buffer.playing) startedMs ??= event.at
    if (startedMs === null || seen.composedMs === null || seen.composedMs < liveSince) continue
    const latencyMs = at - seen.composedMs + buffer.level * 1000
    moments.push({ at, latencyMs })
    latency.record(latencyMs)
  }
  buffer.advance(until / 1000)
  const { stalls, stalled, played } = buffer
  const [stalledMs, watchedMs] = [stalled * 1000, played * 1000]
  return { latency, moments, stalls, stalledMs, watchedMs, startedMs }
}

/** Of the video in a fragment: s on the media timeline, and when its last frame was composed. */
function extentOf({ tracks }: FragmentEvent, timescales: ReadonlyMap<number, number>) {
  for (const { trackId, samples } of tracks) {
    const timescale = timescales.get(trackId)
    const [first, last] = [samples[0], samples.at(-1)]
    if (timescale === undefined || first === undefined || last === undefined) continue
    return {
      start: first.dts / timescale,
      duration: (last.dts + last.duration - first.dts) / timescale,
      composedMs: last.stamp === null ? null : last.stamp.timeUs / 1000,
    }
  }
  return null
}
