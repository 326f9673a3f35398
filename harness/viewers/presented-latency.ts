import { Histogram } from '../measure/histogram.ts'
import type { Stamp } from '../measure/stamp.ts'
import type { BrowserViewer } from './browser-viewer.ts'
import type { ViewerRecord } from './viewer-record.ts'

export interface PresentedLatency {
  /** Glass to glass as far as it can be seen from here: presented − composed, ms. */
  readonly latency: Histogram
  /** Pictures whose place in the media no recorded fragment has. */
  readonly unmatched: number
  /** Pictures whose bar code says another frame than the stamp found by their media time. */
  readonly contradictions: number
  /** Pictures for which both ways could be compared. */
  readonly compared: number
}

/**
 * Joins what a browser presented with the stamps that a viewer in code recorded of the same stream:
 * both see the same media timeline. Only pictures composed after the recording's init segment count.
 * @param clipFrames how many frames the encoder's clip has before it loops; the bar code counts them
 */
export function presentedLatency(
  browser: Pick<BrowserViewer, 'presented' | 'clock'>,
  record: ViewerRecord,
  clipFrames: number | null = null,
): PresentedLatency {
  const stamps = stampsByMediaTime(record)
  const latency = new Histogram(browser.clock.errorBoundMs)
  const liveSince = record.openedAt + (record.stages.init ?? Number.POSITIVE_INFINITY)
  let [unmatched, contradictions, compared] = [0, 0, 0]
  for (const { mediaTime, presentedAt, barCode } of browser.presented) {
    const at = Math.round(mediaTime * 1000)
    const stamp = stamps.get(at) ?? stamps.get(at - 1) ?? stamps.get(at + 1)
    if (!stamp) {
      unmatched++
      continue
    }
    const composedAt = stamp.timeUs / 1000
    if (composedAt >= liveSince) latency.record(presentedAt - composedAt)
    if (barCode !== null && clipFrames !== null) {
      compared++
      if (stamp.frame % clipFrames !== barCode) contradictions++
    }
  }
  return { latency, unmatched, contradictions, compared }
}

/** Stamps by presentation time in whole ms. */
function stampsByMediaTime({ events }: ViewerRecord): Map<number, Stamp> {
  const stamps = new Map<number, Stamp>()
  const timescales = new Map<number, number>()
  for (const event of events) {
    if (event.type === 'init') {
      for (const { id, timescale } of event.init.tracks) timescales.set(id, timescale)
    }
    if (event.type !== 'fragment') continue
    for (const { trackId, samples } of event.tracks) {
      for (const { dts, compositionOffset, stamp } of samples) {
        const seconds = (dts + compositionOffset) / (timescales.get(trackId) ?? 1)
        if (stamp) stamps.set(Math.round(seconds * 1000), stamp)
      }
    }
  }
  return stamps
}
