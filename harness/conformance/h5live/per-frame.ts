import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { fragmentsOf, noMedia } from './seen-fragments.ts'

/** ms by which the oldest audio of a fragment may be older than its newest. */
const MAX_AUDIO_AGE_MS = 50

export const perFrame: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.per-frame',
  level: 'should',
  title: 'A fragment holds at most one video frame, and audio of at most 50 ms',
  source: { document: 'liveproof DESIGN', clause: 'How media flows' },
  advice: 'close a fragment at each video frame: what waits in it adds to every viewer’s latency',
  mutants: [{ kind: 'fault', id: 'gop-fragments' }],
  check: ({ viewer }) => {
    const expected = `≤ 1 video frame a fragment, oldest audio ≤ ${MAX_AUDIO_AGE_MS} ms before the newest`
    const fragments = fragmentsOf(viewer)
    const reason = noMedia(viewer)
    if (reason) return { result: 'skipped', expected, actual: reason }
    const broken: Evidence[] = []
    let most = 0
    let oldest = 0
    for (const { event, tracks } of fragments) {
      for (const { track, run } of tracks) {
        const { samples } = run
        if (track.kind === 'video') most = Math.max(most, samples.length)
        const span = (samples.at(-1)?.dts ?? 0) - (samples[0]?.dts ?? 0)
        const ageMs = track.kind === 'audio' ? (span / track.timescale) * 1000 : 0
        oldest = Math.max(oldest, ageMs)
        if ((track.kind === 'video' && samples.length > 1) || ageMs > MAX_AUDIO_AGE_MS) {
          const note = `moof ${event.sequence}: ${samples.length} ${track.kind} samples, ${ageMs.toFixed(1)} ms of audio`
          broken.push({ note, at: event.at })
        }
      }
    }
    const actual = `${fragments.length} fragments, at most ${most} video frames and ${oldest.toFixed(1)} ms, ${broken.length} too large`
    const evidence = broken.slice(0, 10)
    return { result: broken.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
  },
}
