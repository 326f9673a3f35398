import { broken, holds, skipped } from '../findings.ts'
import { framesOf } from '../media-frames.ts'
import { sessionRule } from './rule-of.ts'
import { OBS_SERVICE } from './sources.ts'

const ENOUGH_FRAMES = 15

export const bFrames = sessionRule(
  {
    id: 'encoder.b-frames',
    level: 'should',
    title: 'there are no B-frames',
    source: { document: OBS_SERVICE, clause: 'bframes 0' },
    advice: 'Set the number of B-frames to 0 (x264: tune zerolatency); each one costs latency.',
    mutants: ['b-frames'],
  },
  (record) => {
    const expected = 'every frame is shown in the order in which it is decoded'
    const frames = framesOf(record, 'video')
    if (frames.length < ENOUGH_FRAMES)
      return skipped(expected, `only ${frames.length} video frames`)
    let latest = { pts: -Infinity, dts: -Infinity }
    const reordered = frames.filter((frame) => {
      // A decode time that steps back is another matter (encoder.timestamps-monotonic).
      const isBefore = frame.pts < latest.pts && frame.dts > latest.dts
      if (frame.pts > latest.pts) latest = frame
      return isBefore
    })
    if (reordered.length === 0) return holds(expected, `no B-frame in ${frames.length} frames`)
    const actual = `${reordered.length} of ${frames.length} frames are shown before an earlier one`
    const evidence = reordered.slice(0, 3).map(({ at, frame, pts, dts }) => ({
      note: `shown ${(pts - dts).toFixed(0)} ms after its decode time, before a frame that came earlier`,
      at,
      frame,
    }))
    // WebRTC has no way to carry them.
    if (record.protocol === 'whip') return { result: 'failed', expected, actual, evidence }
    return broken(expected, actual, evidence)
  },
)
