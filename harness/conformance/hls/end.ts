import { setTimeout as wait } from 'node:timers/promises'
import type { Encoder } from '../../encoders/encoder.ts'
import type { MediaPlaylist } from '../../viewers/hls-playlist.ts'
import { broken, holds } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence } from '../rule.ts'
import type { HlsProbe } from './hls-probe.ts'
import { hlsRule } from './hls-rule.ts'
import { END_BUDGET_MS, FIRST_PLAYLIST_MS, RESUME_BUDGET_MS } from './probe-limits.ts'

const EXPECTED = `EXT-X-DISCONTINUITY ≤ ${RESUME_BUDGET_MS / 1000} s after the encoder came back; EXT-X-ENDLIST ≤ ${END_BUDGET_MS / 1000} s after it said goodbye`
/** The target may need a moment to see that the first connection is gone. */
const PUBLISH_ATTEMPTS = 10
const PUBLISH_PAUSE_MS = 200

export const end = hlsRule(
  {
    id: 'hls.end',
    level: 'must',
    title: 'The playlist ends when the stream ends, and marks where an encoder came back',
    source: { document: 'RFC 8216', clause: '4.3.2.3, 4.3.3.4' },
    advice: 'add EXT-X-ENDLIST at the end, EXT-X-DISCONTINUITY before another session’s media',
    mutants: [{ kind: 'fault', id: 'no-endlist' }],
  },
  async (probe, context) => {
    const evidence: Evidence[] = []
    await probe.until(({ segments }) => segments.length > 0, FIRST_PLAYLIST_MS)
    const before = (await probe.playlist()).playlist
    probe.encoder.abort()
    await probe.encoder.closed
    const second = await publishAgain(probe, context)
    const resumed = await probe.until(
      (playlist) => discontinuities(playlist) > discontinuities(before),
      RESUME_BUDGET_MS,
    )
    if (resumed === null)
      evidence.push({ note: 'no EXT-X-DISCONTINUITY after the encoder came back' })
    await second.stop()
    const ended = await probe.until(({ endlist }) => endlist, END_BUDGET_MS)
    if (ended === null) evidence.push({ note: 'no EXT-X-ENDLIST' })
    const last = ended?.playlist ?? resumed?.playlist
    if (last !== undefined && last.mediaSequence < before.mediaSequence) {
      evidence.push({ note: `media sequence ${last.mediaSequence} after ${before.mediaSequence}` })
    }
    const actual = `${resumed === null ? 'no discontinuity' : 'discontinuity'}, ${ended === null ? 'no end' : 'end'} in the playlist`
    return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
  },
)

function discontinuities({ segments, open, discontinuitySequence }: MediaPlaylist): number {
  const all = open === null ? segments : [...segments, open]
  return discontinuitySequence + all.filter(({ discontinuity }) => discontinuity).length
}

async function publishAgain(probe: HlsProbe, context: ProbeContext): Promise<Encoder> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await context.publish(probe.stream)
    } catch (error) {
      if (attempt === PUBLISH_ATTEMPTS) throw error
      await wait(PUBLISH_PAUSE_MS, undefined, { signal: context.signal })
    }
  }
}
