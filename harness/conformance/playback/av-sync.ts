import { loadClip } from '../../encoders/clip.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { SOUND_EARLY_MS, SOUND_LATE_MS } from './limits.ts'
import { soundOffsets } from './sound-offset.ts'

const FRAMES = 150
/** Audio frames that must have been recognised. */
const LEAST = 50
const KEPT_BYTES = 8 * 2 ** 20
const EXPECTED = `sound ≤ ${SOUND_EARLY_MS} ms before and ≤ ${SOUND_LATE_MS} ms after its picture`

export const avSync: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'playback.av-sync',
  level: 'must',
  title: 'Sound and picture belong together: −125…+45 ms',
  source: { document: 'ITU-R BT.1359-1', clause: 'limits of detectability' },
  advice: 'give both tracks one clock: the one of the encoder',
  mutants: [{ kind: 'fault', id: 'audio-late-300' }],
  probe: async (context) => {
    const stream = await context.createStream()
    const encoder = await context.publish(stream)
    const { video, audio } = encoder.profile.media
    const viewer = openH5LiveViewer(stream.playout.h5live, {
      signal: context.signal,
      keepBytes: KEPT_BYTES,
    })
    try {
      if (video === null || audio === null) return skipped(EXPECTED, 'the profile has no sound')
      await viewer.frames(FRAMES)
      const late = soundOffsets(viewer.record, loadClip(video), loadClip(audio))
      if (late.length < LEAST)
        return skipped(EXPECTED, `only ${late.length} audio frames are those of the encoder`)
      const worst = late.reduce((a, b) => (excess(b) > excess(a) ? b : a))
      const word = worst >= 0 ? 'after' : 'before'
      const actual = `${Math.abs(worst).toFixed(1)} ms ${word} its picture at worst (${late.length} audio frames)`
      return excess(worst) <= 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual)
    } finally {
      await Promise.all([viewer.close(), encoder.stop()])
    }
  },
}

/** ms outside of what is allowed; `late` is negative for sound that comes early. */
function excess(late: number): number {
  return late >= 0 ? late - SOUND_LATE_MS : -late - SOUND_EARLY_MS
}
