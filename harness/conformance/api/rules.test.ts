import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnReference, startOwnReference } from '../../scenario/own-reference.ts'
import { Workbench } from '../../scenario/workbench.ts'
import type { ApiRule } from './api-rule.ts'
import { auth } from './auth.ts'
import { durable } from './durable.ts'
import { apiRules } from './rules.ts'

const DEADLINE_MS = 40_000

let healthy: OwnReference
beforeAll(async () => {
  healthy = await startOwnReference()
})
afterAll(() => healthy.close())

async function probe(rule: ApiRule, reference: OwnReference) {
  const bench = new Workbench(reference.target(), AbortSignal.timeout(DEADLINE_MS))
  const finding = await rule.probe(bench)
  await bench.close()
  return finding
}

test('what breaks a rule is told without the key', { timeout: DEADLINE_MS }, async () => {
  const reference = await startOwnReference(['no-auth'])
  try {
    const finding = await probe(auth, reference)
    expect(finding).toMatchObject({ result: 'broken' })
    expect(JSON.stringify(finding)).not.toContain(reference.target().apiKey)
  } finally {
    await reference.close()
  }
})

test('a probe deletes what it made', async () => {
  const bench = new Workbench(healthy.target(), AbortSignal.timeout(DEADLINE_MS))
  const before = await bench.client.listStreams({ quantity: 1000 })
  for (const rule of apiRules.filter(({ id }) => /list|paging|errors|auth/.test(id))) {
    await rule.probe(bench)
  }
  expect(await bench.client.listStreams({ quantity: 1000 })).toEqual(before)
})

test('durability is skipped, not passed, where the target cannot be killed', async () => {
  const finding = await probe(durable, healthy)
  expect(finding).toMatchObject({ result: 'skipped', actual: expect.stringContaining('killed') })
})
