import type { ViewerRecord } from '../../viewers/viewer-record.ts'

/** ms by which presentation times may be off: RTMP stamps are whole ms. */
const ROUNDING_MS = 3

/**
 * Where pictures of a recording do not follow each other at `frameS` (s): lost or double ones, also
 * where another bitrate takes over. Empty when each comes once and in its turn.
 */
export function pictureGaps({ events }: ViewerRecord, frameS: number): string[] {
  const gaps: string[] = []
  let timescales = new Map<number, number>()
  let last: number | null = null
  for (const event of events) {
    if (event.type === 'init') {
      const video = event.init.tracks.filter(({ kind }) => kind === 'video')
      timescales = new Map(video.map(({ id, timescale }) => [id, timescale]))
    }
    if (event.type !== 'fragment') continue
    for (const { trackId, samples } of event.tracks) {
      const timescale = timescales.get(trackId)
      if (timescale === undefined) continue
      for (const { dts, compositionOffset } of samples) {
        const at = (dts + compositionOffset) / timescale
        const step = last === null ? frameS : at - last
        if (Math.abs(step - frameS) * 1000 > ROUNDING_MS)
          gaps.push(
            `${(step * 1000).toFixed(0)} ms between two pictures at ${at.toFixed(2)} s, expected ${(frameS * 1000).toFixed(0)} ms`,
          )
        last = at
      }
    }
  }
  return gaps
}
