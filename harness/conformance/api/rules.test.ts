import { afterEach, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../../../reference-impl/api/testing.ts'
import { BintuClient } from '../../targets/bintu-client.ts'
import type { ProbeContext } from '../probe-context.ts'
import { apiRules } from './rules.ts'

let api: TestApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

/** A context on the API alone: nothing can be published there. */
async function contextOf(faults: readonly string[]): Promise<ProbeContext> {
  api = await startTestApi({ faults })
  const { base, apiKey } = api
  const client = new BintuClient({ api: base, apiKey })
  return {
    target: { name: 'test', kind: 'reference', api: base, apiKey, close: async () => {} },
    client,
    createStream: () => client.createStream(),
    publish: () => Promise.reject(new Error('nothing listens here')),
    signal: AbortSignal.timeout(15_000),
  }
}

const NEED_MEDIA_OR_RESTART = ['api.states', 'api.stop-lock-delete', 'api.durable']
const alone = apiRules.filter(({ id }) => !NEED_MEDIA_OR_RESTART.includes(id))

test.each(alone.map((rule) => [rule.id, rule] as const))('%s holds', async (_id, rule) => {
  const finding = await rule.probe(await contextOf([]))
  expect(finding).toMatchObject({ result: 'holds' })
})

test.each(
  alone.flatMap((rule) => rule.mutants.map((mutant) => [rule.id, mutant.id, rule] as const)),
)('%s is broken by %s', async (_id, mutant, rule) => {
  const finding = await rule.probe(await contextOf([mutant]))
  expect(finding.result).toBe('broken')
  expect(finding.actual).not.toContain(api!.apiKey)
})

test('a probe deletes what it made', async () => {
  const context = await contextOf([])
  for (const rule of alone) await rule.probe(context)
  expect(await context.client.listStreams({ quantity: 1000 })).toEqual([])
}, 30_000)

test('durability is skipped, not passed, where the target cannot be killed', async () => {
  const rule = apiRules.find(({ id }) => id === 'api.durable')!
  const finding = await rule.probe(await contextOf([]))
  expect(finding).toMatchObject({ result: 'skipped', actual: expect.stringContaining('killed') })
})
