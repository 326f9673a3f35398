import { setTimeout as wait } from 'node:timers/promises'
import type { Encoder } from '../../encoders/encoder.ts'
import type { TargetStream } from '../../targets/target.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, ProbedRule } from '../rule.ts'
import { firstKey } from './first-key.ts'
import { REPUBLISH_BUDGET_MS } from './probe-limits.ts'
import { timeline } from './timeline.ts'

const FRAMES = 60
/** The target may need a moment to see that the first connection is gone. */
const PUBLISH_ATTEMPTS = 10
const PUBLISH_PAUSE_MS = 200

export const republish: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'h5live.republish',
  level: 'must',
  title: 'When the encoder reconnects its viewers go on, through a discontinuity, without a reload',
  source: { document: 'stream-overview', clause: 'ended, re-ingest' },
  advice: 'keep the viewers for a grace time when an encoder vanishes',
  mutants: [{ kind: 'fault', id: 'drops-viewers' }],
  probe: async (context) => {
    const expected = `the same connection carries ≥ ${FRAMES} frames of the encoder's second session ≤ ${REPUBLISH_BUDGET_MS} ms after it began, continuous`
    const stream = await context.createStream()
    const first = await context.publish(stream)
    const viewer = openH5LiveViewer(stream.playout.h5live, { signal: context.signal })
    try {
      await viewer.frames(FRAMES)
      // What is wrong without any reconnect is the business of the rules themselves.
      const sound = [firstKey, timeline].filter((rule) => !isBroken(rule, viewer))
      first.abort()
      await first.closed
      const second = await publishAgain(context, stream)
      const before = viewer.stats.frames
      const came = await viewer
        .frames(before + FRAMES, { timeoutMs: REPUBLISH_BUDGET_MS })
        .then(() => null)
        .catch((error: Error) => error.message)
      await second.stop()
      const evidence: Evidence[] = []
      if (came !== null) evidence.push({ note: came })
      else if (viewer.stats.restarts === 0) {
        evidence.push({ note: 'no frame carries a stamp of the second session' })
      }
      for (const rule of sound) {
        const finding = rule.check({ viewer: viewer.record, oracles: [] })
        if (finding.result === 'broken') evidence.push(...(finding.evidence ?? []))
      }
      const inits = viewer.record.events.filter(({ type }) => type === 'init').length
      const actual = `${viewer.stats.frames - before} frames after the encoder came back, ${inits} init segments, ${evidence.length} faults`
      return { result: evidence.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
    } finally {
      await viewer.close()
    }
  },
}

function isBroken(rule: typeof timeline, viewer: Viewer): boolean {
  return rule.check({ viewer: viewer.record, oracles: [] }).result === 'broken'
}

async function publishAgain(context: ProbeContext, stream: TargetStream): Promise<Encoder> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await context.publish(stream)
    } catch (error) {
      if (attempt === PUBLISH_ATTEMPTS) throw error
      await wait(PUBLISH_PAUSE_MS, undefined, { signal: context.signal })
    }
  }
}
