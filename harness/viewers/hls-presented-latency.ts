import { Histogram } from '../measure/histogram.ts'
import type { BrowserViewer } from './browser-viewer.ts'
import type { ViewerRecord } from './viewer-record.ts'

/**
 * Presented − composed of the pictures of a player whose media timeline is its own, as that of
 * hls.js is: by the bar code in the pixels and the stamps that another viewer recorded. The bar code
 * counts the frames of the encoder's clip, so what is shown must be younger than the clip is long.
 * Pictures composed before `sinceMs` do not count.
 * @param clipFrames how many frames the clip has before it loops
 */
export function presentedByBarCode(
  browser: Pick<BrowserViewer, 'presented' | 'clock'>,
  record: ViewerRecord,
  clipFrames: number,
  sinceMs = 0,
): Histogram {
  const latency = new Histogram(browser.clock.errorBoundMs)
  const composed = composedTimes(record)
  for (const { presentedAt, barCode } of browser.presented) {
    if (barCode === null) continue
    const candidates = composed.get(barCode % clipFrames) ?? []
    const composedAt = candidates.findLast((time) => time <= presentedAt)
    if (composedAt !== undefined && composedAt >= sinceMs) latency.record(presentedAt - composedAt)
  }
  return latency

  function composedTimes({ events }: ViewerRecord): Map<number, number[]> {
    const times = new Map<number, number[]>()
    for (const event of events) {
      if (event.type !== 'fragment') continue
      for (const { stamp } of event.tracks.flatMap(({ samples }) => samples)) {
        if (stamp === null) continue
        const frame = stamp.frame % clipFrames
        const known = times.get(frame)
        if (known === undefined) times.set(frame, [stamp.timeUs / 1000])
        else known.push(stamp.timeUs / 1000)
      }
    }
    return times
  }
}
