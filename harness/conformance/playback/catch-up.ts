import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import { bufferedPlayback } from '../../viewers/buffered-playback.ts'
import { playerBuffer } from '../../viewers/swarm/playback-buffer.ts'
import { broken, holds, seconds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import { onLinks } from '../resilience/on-links.ts'
import type { ProbedRule } from '../rule.ts'
import { CATCH_UP_MS, CATCH_UP_RESERVE_MS, PAUSE_MS } from './limits.ts'

/** Waits with what it has, and then sends all of it: nothing is missing, it is only late. */
const PROFILE = 'ffmpeg-5.1'
const TRICKLE_KBPS = 8
const GOAL_MS = playerBuffer.limit * 1000 + CATCH_UP_RESERVE_MS
/** ms at the end of watching in which latency must have been back. */
const SETTLED_MS = 1_000
const EXPECTED = `≤ ${seconds(CATCH_UP_MS)} after a pause of ${seconds(PAUSE_MS)}: latency ≤ ${seconds(GOAL_MS)} with a classic buffer`

export const catchUp: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'playback.catch-up',
  level: 'must',
  title: 'After a stall latency returns to its goal by the chosen latency mode',
  source: { document: 'facts/nanostream', clause: '2.3' },
  advice: 'send on what was held up at once; players take the time that was lost off again',
  mutants: [{ kind: 'fault', id: 'never-catches-up' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      const { link, url } = await stage.link(stream.ingest.rtmp)
      await context.publish(stream, { profile: PROFILE, url, ahead: link.link })
      const viewer = stage.view(stream, { keepBytes: 0 })
      await viewer.frames(90)
      // A trickle instead of nothing: so the pause lasts as long as it should, whatever TCP makes of it.
      link.set({ up: { rateKbps: TRICKLE_KBPS } })
      await delay(PAUSE_MS, undefined, { signal: context.signal })
      link.set({ up: { rateKbps: null } })
      const over = nowMs()
      const signal = context.signal
      let seen = bufferedPlayback(viewer.record, nowMs())
      while (nowMs() - over < CATCH_UP_MS && !isBack(seen.moments, over)) {
        await delay(SETTLED_MS / 2, undefined, { signal })
        seen = bufferedPlayback(viewer.record, nowMs())
      }
      const { moments, stalls, stalledMs } = seen
      if (stalls === 0) return skipped(EXPECTED, 'the pause did not reach the viewer')
      const last = moments.at(-1)
      const worst = Math.max(0, ...moments.filter(({ at }) => at > over).map((m) => m.latencyMs))
      const story = `stalled for ${seconds(stalledMs)}, ${seconds(worst)} behind at worst`
      const took = seconds((last?.at ?? over) - over)
      return isBack(moments, over)
        ? holds(EXPECTED, `${story}; back after ${took}`)
        : broken(EXPECTED, `${story}; still ${seconds(last?.latencyMs ?? 0)} after ${took}`)
    }),
}

/** Whether all of the last second was within the goal. */
function isBack(
  moments: readonly { readonly at: number; readonly latencyMs: number }[],
  over: number,
): boolean {
  const end = moments.at(-1)?.at ?? 0
  const recent = moments.filter(({ at }) => at > Math.max(over, end - SETTLED_MS))
  return end - over > 2 * SETTLED_MS && recent.every(({ latencyMs }) => latencyMs <= GOAL_MS)
}
