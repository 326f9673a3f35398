import { once } from 'node:events'
import { connect } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorObject } from './error-answer.ts'
import { startTestApi, type TestApi } from './testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({
    extraRoutes: (app) => {
      app.get('/broken', () => {
        throw new TypeError('a bug of ours, with its secrets')
      })
    },
  })
})
afterAll(() => api.close())

const json = { 'content-type': 'application/json' }

test.each([
  ['GET', '/nothing', undefined, {}, 404, 1005],
  ['GET', '/stream/unknown', undefined, {}, 404, 3001],
  ['GET', `/stream/${'x'.repeat(101)}`, undefined, {}, 404, 1005],
  ['GET', '/stream/%00', undefined, {}, 404, 3001],
  ['GET', '/%zz', undefined, {}, 400, 1004],
  ['PATCH', '/stream', undefined, {}, 405, 1006],
  ['DELETE', '/organisation', undefined, {}, 405, 1006],
  ['POST', '/stream', '{', json, 400, 1001],
  ['POST', '/stream', '{"tags":["a"],}', json, 400, 1001],
  ['POST', '/stream', 'null', json, 200, undefined],
  ['POST', '/stream', '"text"', json, 400, 1004],
  ['POST', '/stream', '<a/>', { 'content-type': 'text/xml' }, 415, 1008],
  ['POST', '/stream', '{}', { 'content-type': 'nonsense' }, 415, 1008],
  ['POST', '/stream', JSON.stringify({ tags: ['x'.repeat(70_000)] }), json, 413, 1007],
  ['POST', '/stream', '['.repeat(60_000), json, 400, 1001],
  ['GET', '/broken', undefined, {}, 500, 5000],
] as const)('%s %s %#: status %4$s', async (method, path, body, headers, status, code) => {
  const answer = await api.call(method, path, body, headers)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  if (code === undefined) return
  expect(errorObject.parse(answer.json).error.code).toBe(code)
  expect(answer.text).not.toMatch(/at .*\.ts|node_modules|secrets/)
})

test('405 says which methods there are', async () => {
  const { headers } = await api.call('PATCH', '/stream')
  expect(headers.get('allow')).toBe('GET, POST')
})

async function raw(bytes: string, port = api.port): Promise<{ status: number; body: unknown }> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  const [head = '', body = ''] = (await readText(socket)).split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) }
}

test.each([
  ['what is not HTTP', '\u0016\u0003\u0001\r\n\r\n', 400],
  ['a method that HTTP does not know', 'GRAB / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  ['headers past the limit', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  [
    'a length that is no number',
    'POST /stream HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n',
    400,
  ],
])('%s is answered in the shape of errors', async (_name, bytes, status) => {
  const answer = await raw(bytes)
  expect(answer.status).toBe(status)
  expect(errorObject.safeParse(answer.body).success).toBe(true)
})

test.each([
  ['headers', 'GET /stream HTTP/1.1\r\nhost: a\r\nx-'],
  [
    'a body',
    'POST /stream HTTP/1.1\r\nhost: a\r\nx-bintu-apikey: KEY\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
  ],
])('%s that never end are given up with 408', async (_name, bytes) => {
  const impatient = await startTestApi({ requestTimeoutMs: 100 })
  const { status, body } = await raw(bytes.replace('KEY', impatient.apiKey), impatient.port)
  expect(status).toBe(408)
  expect(errorObject.safeParse(body).success).toBe(true)
  await impatient.close()
})
