import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { fragmentsOf, noMedia } from './seen-fragments.ts'

export const isolation: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.isolation',
  level: 'must',
  title: 'No frame of another stream reaches the viewer',
  source: { document: 'liveproof DESIGN', clause: 'How media flows' },
  advice: 'look for shared buffers or a subscriber list that is keyed by the wrong name',
  mutants: [{ kind: 'fault', id: 'cross-stream' }],
  check: ({ viewer, sent }) => {
    const expected = 'every video frame carries the stamp of the stream that was asked for'
    const frames = fragmentsOf(viewer).flatMap(({ event, tracks }) =>
      tracks
        .filter(({ track }) => track.kind === 'video')
        .flatMap(({ run }) => run.samples.map(({ stamp }) => ({ at: event.at, stamp }))),
    )
    const tag = sent?.streamTag ?? frames.find(({ stamp }) => stamp)?.stamp?.streamTag
    if (tag === undefined || frames.length === 0) {
      const actual = noMedia(viewer) ?? 'no video frame carries a stamp'
      return { result: 'skipped', expected, actual }
    }
    const broken: Evidence[] = frames
      .filter(({ stamp }) => stamp?.streamTag !== tag)
      .map(({ at, stamp }) => ({
        note: stamp ? `frame ${stamp.frame} of stream ${stamp.streamTag}` : 'frame without a stamp',
        at,
      }))
    const actual = `${frames.length - broken.length} of ${frames.length} frames of stream ${tag}`
    const evidence = broken.slice(0, 10)
    return { result: broken.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
  },
}
