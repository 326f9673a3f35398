import type { LoadLook } from '../../load/engine.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import {
  PROBE_RAMP_MS,
  PROBE_VIEWERS,
  RECOVERED_WITHIN_MS,
  RECOVERY_MS,
  STORM_VIEWERS,
} from './limits.ts'
import { watchCrowd } from './watch-crowd.ts'

const BEFORE_MS = 3_000
/** ms behind the time to recover: what is judged */
const JUDGED_MS = 2_000
/** ms of a median that no harness that is late now and then makes by itself */
const SURE_MS = 1_000
const EXPECTED = `within ${RECOVERY_MS / 1000} s of ${STORM_VIEWERS} joins at once, the median latency is back within ${RECOVERED_WITHIN_MS} ms of what it was`

export const recovery: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'load.recovery',
  level: 'must',
  title: 'After a storm of joins the latency is soon what it was before',
  source: { document: 'liveproof DESIGN', clause: 'How media flows' },
  advice: 'serve joins from a cache, and do not let them pile up work for those who are there',
  mutants: [{ kind: 'fault', id: 'slow-after-storm' }],
  async probe(context) {
    const stream = await context.createStream()
    await context.publish(stream)
    const looks: LoadLook[] = []
    const { stages } = await watchCrowd(stream, {
      stages: [
        { viewers: PROBE_VIEWERS, rampMs: PROBE_RAMP_MS, holdMs: BEFORE_MS },
        { viewers: PROBE_VIEWERS + STORM_VIEWERS, rampMs: 0, holdMs: RECOVERY_MS },
        { viewers: PROBE_VIEWERS + STORM_VIEWERS, rampMs: 0, holdMs: JUDGED_MS },
      ],
      signal: context.signal,
      onLook: (look) => looks.push(look),
    })
    const [before, , after] = stages
    if (before === undefined || after === undefined)
      return skipped(EXPECTED, 'the probe was cut short')
    if (before.hold.latency.count === 0 || after.hold.latency.count === 0)
      return broken(EXPECTED, 'no frames came')
    const [was, is] = [before, after].map(({ hold }) => hold.latency.percentile(50)) as [
      number,
      number,
    ]
    const peak = Math.max(...looks.map(({ figures }) => figures?.latency.percentile(99) ?? 0))
    const actual = `median ${was.toFixed(1)} ms before, ${is.toFixed(1)} ms after; worst p99 of a second ${peak.toFixed(0)} ms; ${after.hold.viewers.playing} viewers playing`
    const back = is <= was + RECOVERED_WITHIN_MS
    const all = after.hold.viewers.playing === PROBE_VIEWERS + STORM_VIEWERS
    if (back && all) return holds(EXPECTED, actual)
    const ailing = [...before.engine.causes, ...after.engine.causes]
    if (all && ailing.length > 0 && is - was < SURE_MS)
      return skipped(EXPECTED, `the harness was not fit to measure: ${ailing.join('; ')}`)
    return broken(EXPECTED, actual)
  },
}
