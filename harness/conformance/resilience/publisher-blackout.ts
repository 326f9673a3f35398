import { nowMs } from '../../measure/clock.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { ProbedRule } from '../rule.ts'
import { BLACKOUT_MS, RETURN_BUDGET_MS, SILENCE_MS, STATE_LAG_MS } from './limits.ts'
import { onLinks } from './on-links.ts'
import { arrivalsOf, StateWatch, untrueStates } from './state-watch.ts'

const FRAMES = 60
const EXPECTED =
  `after ${BLACKOUT_MS / 1000} s without an uplink, and a reconnect, the same viewer gets ` +
  `≥ ${FRAMES} frames ≤ ${RETURN_BUDGET_MS / 1000} s later; the state is live while frames arrive ` +
  `and ended ≤ ${STATE_LAG_MS / 1000} s after the encoder's goodbye`

export const publisherBlackout: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.publisher-blackout',
  level: 'must',
  title:
    'A publisher survives a dark uplink: its viewers stay, and the state is true at each moment',
  source: { document: 'stream-overview', clause: 'ended, re-ingest' },
  advice: 'keep the viewers of a publisher that vanished, and let it back in',
  mutants: [{ kind: 'fault', id: 'stuck-live' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      const { link, url } = await stage.link(stream.ingest.rtmp)
      const encoder = await context.publish(stream, { url, ahead: link.link })
      const viewer = stage.view(stream)
      await viewer.frames(FRAMES)
      const states = new StateWatch(context, stream.id)
      stage.atClose(() => states.stop())
      const dark = link.blackout(BLACKOUT_MS)
      // What an encoder does that gives up its connection: it connects anew, into the dark at first.
      encoder.drop()
      await dark
      const over = nowMs()
      const before = viewer.stats.frames
      const missing = await viewer
        .frames(before + FRAMES, { timeoutMs: RETURN_BUDGET_MS })
        .then(() => null)
        .catch((error: Error) => error.message)
      const took = nowMs() - over
      await encoder.stop()
      const ended = await states.shows('ended', STATE_LAG_MS)
      await states.stop()
      const untrue = untrueStates(states.seen, arrivalsOf([viewer]), SILENCE_MS.rtmp)
      const cases: Case[] = [
        { name: 'the viewer', ok: missing === null, seen: missing ?? '' },
        {
          name: 'the state meanwhile',
          ok: untrue.length === 0 && states.seen.length > 0,
          seen: untrue[0] ?? 'could not be asked for',
        },
        {
          name: 'the state after the goodbye',
          ok: ended,
          seen: `is still ${JSON.stringify(states.last)}`,
        },
      ]
      const finding = findingOf(EXPECTED, cases)
      if (finding.result !== 'holds') return finding
      const actual = `${FRAMES} frames ${(took / 1000).toFixed(1)} s after the blackout, ${states.seen.length} states, all true`
      return { ...finding, actual }
    }),
}
