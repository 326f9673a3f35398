import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StreamObject } from '../stream-object.ts'
import { startTestApi, type TestApi } from '../testing.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const list = async (query = '') => (await api.call('GET', `/stream${query}`)).json as StreamObject[]
const ids = (streams: readonly StreamObject[]) => streams.map(({ id }) => id)
const times = <T>(count: number, work: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, work))

test('newest first, 50 unless told otherwise', async () => {
  const created: StreamObject[] = []
  for (let i = 0; i < 60; i++) created.push(await api.create())
  const newestFirst = ids(created).reverse()
  expect(ids(await list())).toEqual(newestFirst.slice(0, 50))
  expect(ids(await list('?quantity=3'))).toEqual(newestFirst.slice(0, 3))
})

test('state and tag filters combine', async () => {
  const both = await api.create(['a', 'b'])
  const one = await api.create(['a'])
  const live = await api.create(['a', 'b'])
  api.directory.apply(live.ingest!.rtmp.streamname, 'publish')
  expect(ids(await list('?tags[]=a'))).toEqual([live.id, one.id, both.id])
  expect(ids(await list('?tags[]=a&tags[]=b'))).toEqual([live.id, both.id])
  expect(ids(await list('?tags[]=a&tags[]=b&state=live'))).toEqual([live.id])
  expect(ids(await list('?tags%5B%5D=b&state=created'))).toEqual([both.id])
  expect(await list('?tags[]=A')).toEqual([])
})

test('deleted streams are listed only when asked for', async () => {
  const kept = await api.create()
  const gone = await api.create()
  await api.call('DELETE', `/stream/${gone.id}`)
  expect(ids(await list())).toEqual([kept.id])
  expect(ids(await list('?state=deleted'))).toEqual([gone.id])
})

test.each([25, 50, 100, 150])(
  'pages of %i walk every stream once while others are created',
  async (quantity) => {
    const before = new Set(ids(await times(310, () => api.create())))
    const seen: string[] = []
    let next: string | null = `/stream?quantity=${quantity}`
    while (next !== null) {
      const { json, headers } = await api.call('GET', next)
      const page = json as StreamObject[]
      expect(page.length).toBeLessThanOrEqual(quantity)
      seen.push(...ids(page))
      await times(7, () => api.create())
      next = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null
    }
    expect(seen.length).toBe(new Set(seen).size)
    expect(new Set(seen)).toEqual(before)
  },
)

test('paging keeps its place when the last stream of a page is deleted', async () => {
  const all = await times(6, () => api.create())
  const first = await list('?quantity=3')
  await api.call('DELETE', `/stream/${first.at(-1)!.id}`)
  const second = await list(`?quantity=3&before=${first.at(-1)!.id}`)
  expect(new Set([...ids(first), ...ids(second)])).toEqual(new Set(ids(all)))
})

test.each([
  ['quantity=0', 'quantity'],
  ['quantity=1001', 'quantity'],
  ['quantity=ten', 'quantity'],
  ['quantity=1&quantity=2', 'quantity'],
  ['quantity=1.5', 'quantity'],
  ['state=paused', 'state'],
  ['before=nothing', 'before'],
  ['tags[]=', 'tags[].0'],
  [Array.from({ length: 51 }, (_, i) => `tags[]=${i}`).join('&'), 'tags[]'],
])('?%s is refused', async (query, parameter) => {
  const { status, json } = await api.call('GET', `/stream?${query}`)
  expect(status).toBe(400)
  expect(json).toMatchObject({ error: { code: 1004, userinfo: { parameter } } })
})

test('SQL in a filter is text', async () => {
  await api.create(["a' OR '1'='1"])
  expect(await list(`?tags[]=${encodeURIComponent("x' OR '1'='1")}`)).toEqual([])
  expect(await list(`?tags[]=${encodeURIComponent("a' OR '1'='1")}`)).toHaveLength(1)
})
