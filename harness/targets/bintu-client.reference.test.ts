import { afterAll, beforeAll, expect, test } from 'vitest'
import { BintuClient } from './bintu-client.ts'
import { type ReferenceTarget, startReferenceTarget } from './reference.ts'

let target: ReferenceTarget
let client: BintuClient
beforeAll(async () => {
  target = await startReferenceTarget()
  client = new BintuClient(target)
})
afterAll(() => target.close())

test('client and reference, written apart, understand each other', async () => {
  const stream = await client.createStream({ tags: ['a'] })
  expect(await client.getStream(stream.id)).toMatchObject({
    id: stream.id,
    name: stream.name,
    state: 'created',
    tags: ['a'],
  })
  expect((await client.setTags(stream.id, ['b'])).tags).toEqual(['b'])
  expect(await client.validateName(stream.name)).toBe(true)
  expect(await client.validateName('AAAAA-_____')).toBe(false)
  expect(await client.organisation()).toMatchObject({ hash: stream.name.slice(0, 5) })
  await client.deleteStream(stream.id)
  await expect(client.getStream(stream.id)).rejects.toMatchObject({ code: 'LP_API_NOT_FOUND' })
})

test('lists are filtered and paged', async () => {
  const made = []
  for (let i = 0; i < 5; i++) made.unshift((await client.createStream({ tags: ['page'] })).id)
  const first = await client.listStreams({ quantity: 2, tags: ['page'] })
  const rest = await client.listStreams({ tags: ['page'], before: first.at(-1)!.id })
  expect([...first, ...rest].map(({ id }) => id)).toEqual(made)
  expect(await client.listStreams({ state: 'live', tags: ['page'] })).toEqual([])
})

test('a command that the state does not allow is a conflict', async () => {
  const { id } = await client.createStream()
  for (const command of ['stop', 'lock', 'unlock'] as const) {
    await expect(client[command](id)).rejects.toMatchObject({ code: 'LP_API_CONFLICT' })
  }
})

test('a wrong key is unauthorised, and is not in the error', async () => {
  const stranger = new BintuClient({ api: target.api, apiKey: 'not-the-key' })
  const error = await stranger.organisation().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'LP_API_UNAUTHORIZED', status: 401 })
  expect(String(error)).not.toContain('not-the-key')
})
