import { expect, test } from 'vitest'
import { Workbench } from '../../scenario/workbench.ts'
import { startReferenceTarget } from '../../targets/reference.ts'
import { type Outcome, verdictOf } from '../rule.ts'
import { rtmpServerRules } from './rules.ts'

/** The others need seconds of silence or bombs; `liveproof prove` has all of them. */
const QUICK = [
  'rtmp.server.handshake',
  'rtmp.server.publish-decision',
  'rtmp.server.unknown-key',
  'rtmp.server.one-publisher',
  'rtmp.server.survives',
  'rtmp.server.ack',
]

async function outcomes(
  ids: readonly string[],
  faults: string[],
): Promise<Record<string, Outcome>> {
  const target = await startReferenceTarget({ faults })
  try {
    const result: Record<string, Outcome> = {}
    for (const rule of rtmpServerRules.filter(({ id }) => ids.includes(id))) {
      const bench = new Workbench(target, AbortSignal.timeout(60_000))
      result[rule.id] = verdictOf(rule, await rule.probe(bench)).outcome
      await bench.close()
    }
    return result
  } finally {
    await target.close()
  }
}

test('the reference holds the quick rules', { timeout: 90_000 }, async () => {
  const expected = Object.fromEntries(QUICK.map((id) => [id, 'pass']))
  expect(await outcomes(QUICK, [])).toEqual(expected)
})

test.each(QUICK)('%s notices its fault', { timeout: 60_000 }, async (id) => {
  const rule = rtmpServerRules.find((candidate) => candidate.id === id)!
  const [verdict] = Object.values(await outcomes([id], [rule.mutants[0]!.id]))
  expect(verdict).toBe(rule.level === 'must' ? 'fail' : 'warn')
})
