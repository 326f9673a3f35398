import { LOOP_LATE_MAX } from '../../viewers/swarm/swarm-health.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { fairFinding } from './findings.ts'
import { FAIR_FACTOR, PROBE_HOLD_MS, PROBE_RAMP_MS, PROBE_VIEWERS } from './limits.ts'
import { watchCrowd } from './watch-crowd.ts'

/** How many times its own lateness a difference must be to be none of the harness's. */
const SURE_FACTOR = 3

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
    const finding = fairFinding(stage.hold)
    const { causes, figures } = stage.engine
    // One thread reads them all, so its own lateness is the same for everybody.
    const lateMs = figures.find(({ name }) => name === LOOP_LATE_MAX)?.value ?? 0
    const { worstP99 = 0, medianP99 = 0 } = stage.hold.perViewer ?? {}
    const doubtful = causes.length > 0 && worstP99 - medianP99 <= SURE_FACTOR * lateMs
    if (finding.result === 'broken' && doubtful)
      return skipped(expected, `the harness was not fit to measure: ${causes.join('; ')}`)
    return finding
  },
}
