import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { HealthyPair } from './healthy-pair.ts'
import { refusedCase } from './refusal.ts'
import { onStage, placeOf } from './stage.ts'

const EXPECTED = 'the second publisher is refused; the first one goes on'

export const duplicatePublishRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.duplicate-publish',
  level: 'must',
  title: 'A live publisher keeps its stream; the second is refused',
  source: { document: 'liveproof design', clause: 'the stream state machine' },
  advice: 'refuse `publish` while frames of another session arrive',
  mutants: [{ kind: 'fault', id: 'hijack' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const pair = await HealthyPair.start(stage)
      const cases: Case[] = []
      for (const [name, kind] of [
        ['a second publisher', 'live'],
        ['a second publisher of type append', 'append'],
      ] as const) {
        cases.push(await refusedCase(name, await stage.tryPublish(placeOf(pair.stream), kind)))
      }
      const harm = await pair.harm()
      cases.push({ name: 'the first publisher', ok: harm === null, seen: harm ?? '' })
      return findingOf(EXPECTED, cases)
    })
  },
}
