import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { fragmentsOf, noMedia } from './seen-fragments.ts'

export const firstKey: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.first-key',
  level: 'must',
  title: 'The first video sample after an init segment is a key frame, flagged and in its bytes',
  source: { document: 'W3C MSE byte stream format ISO BMFF', clause: '4' },
  advice: 'start each viewer at a key frame',
  mutants: [{ kind: 'fault', id: 'starts-on-p' }],
  check: ({ viewer }) => {
    const expected =
      'first video sample after each init segment is a sync sample with an IDR picture'
    const broken: Evidence[] = []
    let starts = 0
    let waiting = false
    for (const { event, first, tracks } of fragmentsOf(viewer)) {
      waiting ||= first
      const sample = tracks.find(({ track }) => track.kind === 'video')?.run.samples[0]
      if (!waiting || !sample) continue
      waiting = false
      starts++
      if (sample.key && sample.idr) continue
      const note = sample.key ? 'flagged as key, but holds no IDR picture' : 'not a key frame'
      broken.push({ note: `${note} (moof ${event.sequence})`, at: event.at })
    }
    if (starts === 0) {
      return { result: 'skipped', expected, actual: noMedia(viewer) ?? 'no video arrived' }
    }
    const actual = `${starts - broken.length} of ${starts} starts on a key frame`
    return { result: broken.length === 0 ? 'holds' : 'broken', expected, actual, evidence: broken }
  },
}
