import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StreamObject } from '../stream-object.ts'
import { startTestApi, type TestApi } from '../testing.ts'

let api: TestApi
const commands: [string, string][] = []
beforeAll(async () => {
  api = await startTestApi()
  api.directory.onCommand((name, command) => commands.push([name, command]))
})
afterAll(() => api.close())

const nameOf = (stream: StreamObject) => stream.ingest!.rtmp.streamname
const put = (stream: StreamObject, operation: string, body?: unknown) =>
  api.call('PUT', `/stream/${stream.id}/${operation}`, body)

async function live(): Promise<StreamObject> {
  const stream = await api.create()
  expect(api.directory.apply(nameOf(stream), 'publish')).toBe(true)
  commands.length = 0
  return stream
}

test('GET shows what was created, and each later state', async () => {
  const stream = await api.create(['x'])
  expect((await api.call('GET', `/stream/${stream.id}`)).json).toEqual(stream)
  api.directory.apply(nameOf(stream), 'publish')
  const { json } = await api.call('GET', `/stream/${stream.id}?asset_limit=10`)
  expect(json).toMatchObject({ state: 'live' })
  expect((json as StreamObject).updated_at >= stream.updated_at).toBe(true)
})

test('without a key the ingest address and the push URL are left out', async () => {
  const stream = await api.create()
  await put(stream, 'push_url', { url: 'rtmp://a.test/live/secret' })
  const response = await fetch(`${api.base}/stream/${stream.id}`)
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(JSON.parse(text)).not.toHaveProperty('ingest')
  expect(text).not.toContain('secret')
  expect(JSON.parse(text).playout).toEqual(stream.playout)
})

test('PUT tag replaces all tags', async () => {
  const stream = await api.create(['a', 'b'])
  const { json } = await put(stream, 'tag', { tags: ['c'] })
  expect(json).toMatchObject({ id: stream.id, tags: ['c'] })
  expect((await put(stream, 'tag', { tags: [] })).json).toMatchObject({ tags: [] })
})

test('PUT tag without tags names the missing parameter', async () => {
  const { status, json } = await put(await api.create(), 'tag')
  expect(status).toBe(400)
  expect(json).toMatchObject({ error: { code: 1002, userinfo: { required_parameter: 'tags' } } })
})

test('the push URL is stored, shown, and taken away', async () => {
  const stream = await api.create()
  const url = 'rtmps://push.test:1937/app/key?x=1'
  expect((await put(stream, 'push_url', { url })).json).toMatchObject({ push_url: url })
  expect((await put(stream, 'push_url', { url: null })).json).toMatchObject({ push_url: null })
})

test('setting a push URL tells who pushes, and its status is shown to those with a key', async () => {
  const changes: unknown[] = []
  const since = new Date(0).toISOString()
  const status = { state: 'waiting', attempts: 3, error: 'refused', since } as const
  const push = {
    status: () => status,
    changed: (...change: unknown[]) => changes.push(change),
  }
  const other = await startTestApi({ push })
  try {
    const stream = await other.create()
    const url = 'rtmp://a.test/live/k'
    const { json } = await other.call('PUT', `/stream/${stream.id}/push_url`, { url })
    expect(json).toMatchObject({ push_url: url, push_status: status })
    expect(changes).toEqual([[stream.ingest!.rtmp.streamname, url]])
    expect(other.pushUrlOf(stream.ingest!.rtmp.streamname)).toBe(url)
    const open = await fetch(`${other.base}/stream/${stream.id}`)
    expect(await open.json()).not.toHaveProperty('push_status')
  } finally {
    await other.close()
  }
})

test.each([
  'http://a.test/live',
  'rtmp://',
  'rtmp:///live',
  'a',
  '',
  'rtmp://a.test/\u0000',
  ' rtmp://a.test/live',
  `rtmp://a.test/${'x'.repeat(2048)}`,
  7,
])('%j is no push URL', async (url) => {
  const { status, json } = await put(await api.create(), 'push_url', { url })
  expect(status).toBe(400)
  expect(json).toMatchObject({ error: { code: 1004, userinfo: { parameter: 'url' } } })
})

test.each([
  ['stop', 'ended'],
  ['lock', 'locked'],
] as const)(
  'PUT %s ends the ingest of a live stream; again it changes nothing',
  async (command, state) => {
    const stream = await live()
    for (let i = 0; i < 2; i++) {
      const { status, json } = await put(stream, command)
      expect(status).toBe(200)
      expect(json).toMatchObject({ state })
    }
    expect(commands).toEqual([[nameOf(stream), command]])
  },
)

test.each(['stop', 'lock', 'unlock'])(
  'a stream that was never live does not take %s',
  async (command) => {
    const { status, json } = await put(await api.create(), command)
    expect(status).toBe(409)
    expect(json).toMatchObject({ error: { code: 3003, userinfo: { state: 'created' } } })
  },
)

test('a locked stream refuses ingest until it is unlocked', async () => {
  const stream = await live()
  await put(stream, 'lock')
  expect(api.directory.apply(nameOf(stream), 'publish')).toBe(false)
  expect(api.directory.find(nameOf(stream))).toMatchObject({ state: 'locked' })
  expect((await put(stream, 'unlock')).json).toMatchObject({ state: 'ended' })
  expect(api.directory.apply(nameOf(stream), 'publish')).toBe(true)
})

test('DELETE hides a stream everywhere, refuses its ingest, and tells the live path', async () => {
  const stream = await live()
  const { status, json } = await api.call('DELETE', `/stream/${stream.id}`)
  expect([status, (json as StreamObject).state]).toEqual([200, 'deleted'])
  expect(commands).toEqual([[nameOf(stream), 'delete']])
  expect(api.directory.apply(nameOf(stream), 'publish')).toBe(false)
  expect(api.directory.find(nameOf(stream))).toMatchObject({ state: 'deleted' })
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', '/stop'],
    ['DELETE', ''],
  ] as const) {
    expect((await api.call(method, `/stream/${stream.id}${path}`)).status).toBe(404)
  }
})

test('a name is taken, also after its stream is deleted', async () => {
  const stream = await api.create()
  const streamname = nameOf(stream)
  const taken = async (name: string) =>
    (await api.call('POST', '/stream/validate', { streamname: name })).json
  expect(await taken(streamname)).toEqual({ streamname, taken: true })
  await api.call('DELETE', `/stream/${stream.id}`)
  expect(await taken(streamname)).toEqual({ streamname, taken: true })
  expect(await taken('AAAAA-_____')).toEqual({ streamname: 'AAAAA-_____', taken: false })
  expect((await api.call('POST', '/stream/validate', { streamname: 'a' })).status).toBe(400)
})

test('tags are suggested from three characters, not from deleted streams', async () => {
  const gone = await api.create(['concert-gone'])
  await api.create(['Concert-1', 'concert_2', 'other'])
  await api.call('DELETE', `/stream/${gone.id}`)
  const suggest = async (query: string) => (await api.call('GET', `/tag${query}`)).json
  expect(await suggest('?search=con')).toEqual(['Concert-1', 'concert_2'])
  expect(await suggest('?search=concert_')).toEqual(['concert_2'])
  expect(await suggest('?search=%25%25%25')).toEqual([])
  expect(await suggest('?search=co')).toEqual([])
  expect(await suggest('')).toEqual([])
})

test('the organisation is shown, its key is not', async () => {
  const stream = await api.create()
  const { json, text } = await api.call('GET', '/organisation')
  expect(json).toMatchObject({ hash: nameOf(stream).slice(0, 5) })
  expect(text).not.toContain(api.apiKey)
})
