import { setTimeout as delay } from 'node:timers/promises'
import type { Encoder } from '../../encoders/encoder.ts'
import { EncoderError } from '../../encoders/encoder-error.ts'
import { nowMs } from '../../measure/clock.ts'
import type { TargetStream } from '../../targets/target.ts'
import { broken, holds } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { RETURN_BUDGET_MS, TAKEOVER_BUDGET_MS } from './limits.ts'
import { onLinks } from './on-links.ts'

const FRAMES = 60
const RETRY_MS = 500
const EXPECTED =
  `≤ ${TAKEOVER_BUDGET_MS / 1000} s after its connection became half-open a publisher is replaced ` +
  `by the one that comes back, and the same viewer gets ≥ ${FRAMES} of its frames`

export const halfOpen: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.half-open',
  level: 'must',
  title: 'A publisher whose connection is half-open is replaced by the one that comes back',
  source: { document: 'RFC 9293', clause: '3.5.1 half-open connections' },
  advice: 'let a publisher in when the one before has sent nothing for about 3 s',
  mutants: [{ kind: 'fault', id: 'refuse-forever' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      const { link, url } = await stage.link(stream.ingest.rtmp)
      await context.publish(stream, { url, ahead: link.link })
      const viewer = stage.view(stream)
      await viewer.frames(FRAMES)
      // As when a NAT has forgotten the connection: neither side is told.
      link.halfOpen(true)
      const since = nowMs()
      const next = await insist(context, stream, since + TAKEOVER_BUDGET_MS)
      if (typeof next === 'string') return broken(EXPECTED, `still refused: ${next}`)
      const after = ((nowMs() - since) / 1000).toFixed(1)
      await viewer.frames(viewer.stats.frames + FRAMES, { timeoutMs: RETURN_BUDGET_MS })
      const own = `replaced after ${after} s; the viewer went on`
      return viewer.stats.restarts + viewer.stats.foreign > 0
        ? holds(EXPECTED, own)
        : broken(EXPECTED, `replaced after ${after} s, but no frame is of the second publisher`)
    }),
}

/** Knocks until it is let in; the last refusal when it is not in time. */
async function insist(
  context: ProbeContext,
  stream: TargetStream,
  deadline: number,
): Promise<Encoder | string> {
  for (;;) {
    try {
      return await context.publish(stream)
    } catch (error) {
      if (!(error instanceof EncoderError)) throw error
      if (nowMs() > deadline) return error.message
      await delay(RETRY_MS, undefined, { signal: context.signal })
    }
  }
}
