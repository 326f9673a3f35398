import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from './testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({
    apiKey: 'the-key-of-this-test',
    extraRoutes: (app) => {
      app.get('/observe/thing', () => ({ ok: true }))
    },
  })
})
afterAll(() => api.close())

const operations = [
  ['POST', '/stream'],
  ['GET', '/stream'],
  ['PUT', '/stream/x/tag'],
  ['PUT', '/stream/x/push_url'],
  ['PUT', '/stream/x/stop'],
  ['PUT', '/stream/x/lock'],
  ['PUT', '/stream/x/unlock'],
  ['DELETE', '/stream/x'],
  ['POST', '/stream/validate'],
  ['GET', '/tag'],
  ['GET', '/organisation'],
  ['GET', '/observe/thing'],
] as const

test.each(operations)('%s %s demands the key', async (method, path) => {
  const missing = await fetch(api.base + path, { method })
  expect(missing.status).toBe(403)
  expect(await missing.json()).toMatchObject({ error: { code: 2001 } })
  const wrong = await api.call(method, path, undefined, { 'X-BINTU-APIKEY': 'wrong' })
  expect(wrong.status).toBe(401)
  expect(wrong.json).toMatchObject({ error: { code: 4002 } })
})

test('a wrong key is refused also where none is needed', async () => {
  const { id } = await api.create()
  const { status } = await api.call('GET', `/stream/${id}`, undefined, { 'x-bintu-apikey': 'no' })
  expect(status).toBe(401)
})

test('no error repeats a key', async () => {
  for (const key of ['the-key-of-this-tesT', 'the-key-of-this-test, the-key-of-this-test']) {
    const { status, text } = await api.call('GET', '/stream', undefined, { 'x-bintu-apikey': key })
    expect(status).toBe(401)
    expect(text).not.toContain('the-key')
  }
})

test('pages of any origin may call, and a preflight needs no key', async () => {
  const headers = { origin: 'https://dash.test', 'access-control-request-method': 'PUT' }
  const preflight = await fetch(`${api.base}/stream/x/tag`, { method: 'OPTIONS', headers })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-headers')).toContain('x-bintu-apikey')
  expect((await api.call('GET', '/stream')).headers.get('access-control-allow-origin')).toBe('*')
})
