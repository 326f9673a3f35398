import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { fairFinding } from './findings.ts'
import { FAIR_FACTOR, PROBE_HOLD_MS, PROBE_RAMP_MS, PROBE_VIEWERS } from './limits.ts'
import { watchCrowd } from './watch-crowd.ts'

export const fair: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'load.fair',
  level: 'must',
  title: 'No viewer waits much longer for its frames than the others',
  source: { document: 'liveproof DESIGN', clause: 'How media flows' },
  advice: 'write to all viewers of a stream before anything else is done, whoever came last',
  mutants: [{ kind: 'fault', id: 'starve-last' }],
  async probe(context) {
    const stream = await context.createStream()
    await context.publish(stream)
    const { stages } = await watchCrowd(stream, {
      stages: [{ viewers: PROBE_VIEWERS, rampMs: PROBE_RAMP_MS, holdMs: PROBE_HOLD_MS }],
      signal: context.signal,
    })
    const [stage] = stages
    const expected = `no viewer's p99 over ${FAIR_FACTOR} times that of the viewer in the middle`
    if (stage === undefined) return skipped(expected, 'the probe was cut short')
    const { causes } = stage.engine
    if (causes.length > 0)
      return skipped(expected, `the harness was not fit to measure: ${causes.join('; ')}`)
    return fairFinding(stage.hold)
  },
}
