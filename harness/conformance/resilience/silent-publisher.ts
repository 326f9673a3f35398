import { broken, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { ProbedRule } from '../rule.ts'
import { CALLER_BACK_MS, SILENCE_MS, SILENCE_SLACK_MS } from './limits.ts'
import { onLinks } from './on-links.ts'
import { arrivalsOf, StateWatch, untrueStates } from './state-watch.ts'

const FRAMES = 60
/**
 * ms of darkness without an `ended`. An ingest may hold a last frame back until it gives its caller
 * up; a second of answers comes after what is allowed from then on.
 */
const DARK_MS = 2 * SILENCE_MS.srt + SILENCE_SLACK_MS + 1_000
const EXPECTED =
  `a stream whose SRT caller is cut off is ended ≤ ${(SILENCE_MS.srt + SILENCE_SLACK_MS) / 1000} s ` +
  `after its last frame; its picture is back ≤ ${CALLER_BACK_MS / 1000} s after the link is, and the ` +
  `stream is live then`

export const silentPublisher: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.silent-publisher',
  level: 'should',
  title:
    'A stream whose SRT caller fell silent ends after 5 s, and is live again when the caller is back',
  source: { document: 'stream-overview; libsrt', clause: 'ended; SRTO_PEERIDLETIMEO 5,000 ms' },
  advice: 'end the stream when nothing has come from its caller for 5 s',
  mutants: [{ kind: 'fault', id: 'stuck-live' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      if (stream.ingest.srt === undefined)
        return skipped(EXPECTED, 'the target tells no SRT address')
      const { link, url } = await stage.link(stream.ingest.srt)
      await context.publish(stream, { protocol: 'srt', url })
      const viewer = stage.view(stream)
      await viewer.frames(FRAMES)
      const states = new StateWatch(context, stream.id)
      stage.atClose(() => states.stop())
      const untrue = () => untrueStates(states.seen, arrivalsOf([viewer]), SILENCE_MS.srt)
      link.set({ both: { blackout: true } })
      const gone = await states.shows('ended', DARK_MS)
      if (!gone) {
        const still = `${DARK_MS / 1000} s after its link went dark it is ${JSON.stringify(states.last)}`
        return broken(EXPECTED, untrue().at(-1) ?? still)
      }
      link.set({ both: { blackout: false } })
      const missing = await viewer
        .frames(viewer.stats.frames + FRAMES, { timeoutMs: CALLER_BACK_MS })
        .then(() => null)
        .catch((error: Error) => error.message)
      await states.stop()
      const lies = untrue()
      const cases: Case[] = [
        { name: 'the state at each moment', ok: lies.length === 0, seen: lies[0] ?? '' },
        { name: 'the viewer', ok: missing === null, seen: missing ?? '' },
        {
          name: 'the state in the end',
          ok: states.last === 'live',
          seen: `is ${JSON.stringify(states.last)}`,
        },
      ]
      const finding = findingOf(EXPECTED, cases)
      if (finding.result !== 'holds') return finding
      return { ...finding, actual: `${states.seen.length} states, all true; the picture was back` }
    }),
}
