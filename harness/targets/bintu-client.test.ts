import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { BintuClient } from './bintu-client.ts'
import { BintuError } from './bintu-error.ts'

const API = 'http://bintu.test'
const KEY = 'a-key-that-must-never-be-shown'
const ID = '1dec3bbc-758b-4879-a202-7ae877d511ba'

const stream = {
  id: ID,
  state: 'created',
  created_at: '2026-01-02T03:04:05.678Z',
  tags: ['smoke'],
  ingest: { rtmp: { url: 'rtmp://in.test/live', streamname: 'AbCdE-12345' } },
  playout: {
    h5live: [
      {
        rtmp: { url: 'rtmp://out.test/play', streamname: 'AbCdE-12345' },
        server: {
          websocket: 'ws://out.test/h5live/stream.mp4',
          progressive: 'http://out.test/s.mp4',
        },
      },
    ],
  },
}

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'bypass' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const client = (options: { api?: string; timeoutMs?: number; signal?: AbortSignal } = {}) =>
  new BintuClient({ api: API, apiKey: KEY, firstRetryMs: 1, ...options })

/** Answers one after the other, the last one for ever, and counts. */
function answers(
  method: 'get' | 'post' | 'put' | 'delete',
  path: string,
  list: (() => Response)[],
) {
  const seen = { count: 0 }
  server.use(http[method](API + path, () => (list[seen.count++] ?? list.at(-1)!)()))
  return seen
}

const ok = () => HttpResponse.json(stream)
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    HttpResponse.json(
      { error: { message: 'no', code: 1, userinfo: {} } },
      { status: code, headers },
    )

async function failure(work: Promise<unknown>): Promise<BintuError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(BintuError)
  expect(`${(error as Error).message} ${(error as Error).stack}`).not.toContain(KEY)
  return error as BintuError
}

test('a stream becomes complete addresses for encoders and viewers', async () => {
  answers('post', '/stream', [ok])
  const created = await client().createStream({ tags: ['smoke'] })
  expect(created).toMatchObject({
    id: ID,
    name: 'AbCdE-12345',
    state: 'created',
    ingest: { rtmp: 'rtmp://in.test/live' },
    playout: { rtmp: { url: 'rtmp://out.test/play', streamname: 'AbCdE-12345' } },
  })
  const { searchParams } = new URL(created.playout.h5live)
  expect(searchParams.get('url')).toBe('rtmp://out.test/play')
  expect(searchParams.get('stream')).toBe('AbCdE-12345')
  expect(searchParams.get('cid')).toMatch(/^\d{6}$/)
  expect(searchParams.get('pid')).toMatch(/^\d{11}$/)
})

test('the key goes out in its header, and filters in the query', async () => {
  let request: Request | undefined
  server.use(
    http.get(`${API}/stream`, (info) => {
      request = info.request
      return HttpResponse.json([stream])
    }),
  )
  const list = await client().listStreams({ quantity: 25, state: 'live', tags: ['a b', 'c'] })
  expect(list).toEqual([
    { id: ID, state: 'created', tags: ['smoke'], createdAt: stream.created_at },
  ])
  expect(request!.headers.get('x-bintu-apikey')).toBe(KEY)
  const query = new URL(request!.url).searchParams
  expect([query.get('quantity'), query.get('state'), query.getAll('tags[]')]).toEqual([
    '25',
    'live',
    ['a b', 'c'],
  ])
})

test.each([
  ['429 with Retry-After', status(429, { 'retry-after': '0' })],
  ['429 with a date', status(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' })],
  ['a server error', status(503)],
  ['a cut connection', () => HttpResponse.error()],
])('GET is repeated after %s', async (_name, answer) => {
  const seen = answers('get', '/stream/:id', [answer, answer, ok])
  expect((await client().getStream(ID)).id).toBe(ID)
  expect(seen.count).toBe(3)
})

test.each([
  [429, 'LP_API_RATE_LIMITED'],
  [500, 'LP_API_SERVER'],
  [503, 'LP_API_SERVER'],
])('POST is never repeated after %i', async (code, expected) => {
  const seen = answers('post', '/stream', [status(code), ok])
  expect((await failure(client().createStream())).code).toBe(expected)
  expect(seen.count).toBe(1)
})

test('POST is never repeated after a cut connection', async () => {
  const seen = answers('post', '/stream', [() => HttpResponse.error(), ok])
  expect((await failure(client().createStream())).code).toBe('LP_API_CUT')
  expect(seen.count).toBe(1)
})

test('repeating ends after four attempts', async () => {
  const seen = answers('put', '/stream/:id/tag', [status(502)])
  const error = await failure(client().setTags(ID, ['a']))
  expect([error.code, error.status, seen.count]).toEqual(['LP_API_SERVER', 502, 4])
})

test('a target that asks for a long wait is not waited for', async () => {
  const seen = answers('get', '/organisation', [status(429, { 'retry-after': '3600' })])
  expect((await failure(client().organisation())).code).toBe('LP_API_RATE_LIMITED')
  expect(seen.count).toBe(1)
})

test.each([
  [401, 'LP_API_UNAUTHORIZED'],
  [403, 'LP_API_UNAUTHORIZED'],
  [404, 'LP_API_NOT_FOUND'],
  [409, 'LP_API_CONFLICT'],
  [400, 'LP_API_REFUSED'],
])('%i is %s and not repeated', async (code, expected) => {
  const seen = answers('get', '/stream/:id', [status(code), ok])
  const error = await failure(client().getStream(ID))
  expect([error.code, error.status, seen.count]).toEqual([expected, code, 1])
  expect(error.message).toContain(`GET /stream/${ID}: answered ${code}: no (code 1)`)
})

test('a redirect is not followed: the key must not go elsewhere', async () => {
  const elsewhere = answers('get', '/elsewhere', [ok])
  const moved = () => new HttpResponse(null, { status: 302, headers: { location: '/elsewhere' } })
  answers('get', '/stream/:id', [moved])
  expect((await failure(client().getStream(ID))).code).toBe('LP_API_REDIRECTED')
  expect(elsewhere.count).toBe(0)
})

test('DELETE that was done by a lost attempt counts as done', async () => {
  const seen = answers('delete', '/stream/:id', [() => HttpResponse.error(), status(404)])
  await expect(client().deleteStream(ID)).resolves.toBeUndefined()
  expect(seen.count).toBe(2)
})

test('DELETE of a stream that is not there is an error', async () => {
  answers('delete', '/stream/:id', [status(404)])
  expect((await failure(client().deleteStream(ID))).code).toBe('LP_API_NOT_FOUND')
})

test.each(['<html>oops</html>', '{"id":', 'undefined'])('%j is invalid JSON', async (text) => {
  answers('get', '/stream/:id', [() => new HttpResponse(text, { status: 200 })])
  expect((await failure(client().getStream(ID))).code).toBe('LP_API_INVALID_JSON')
})

test.each([
  ['no playout', { ...stream, playout: { h5live: [] } }, 'playout.h5live'],
  ['an id that is none', { ...stream, id: 7 }, 'id'],
  ['an unknown state', { ...stream, state: 'paused' }, 'state'],
  ['a list', [stream], 'the answer'],
  ['null', null, 'the answer'],
])('%s is an unexpected shape, and the message says where', async (_name, answer, where) => {
  answers('get', '/stream/:id', [() => HttpResponse.json(answer)])
  const error = await failure(client().getStream(ID))
  expect(error.code).toBe('LP_API_UNEXPECTED_SHAPE')
  expect(error.message).toContain(`: ${where}: `)
})

test('a key that the target repeats in its error is taken out', async () => {
  const echo = { error: { message: `bad key ${KEY}`, code: 4002, userinfo: {} } }
  answers('get', '/organisation', [() => HttpResponse.json(echo, { status: 401 })])
  expect((await failure(client().organisation())).message).toContain('bad key [key]')
})

test('an answer that does not come is a time-out', async () => {
  server.use(http.get(`${API}/stream/:id`, () => new Promise<Response>(() => {})))
  const error = await failure(client({ timeoutMs: 50 }).getStream(ID))
  expect(error.code).toBe('LP_API_TIMEOUT')
  expect(error.message).toContain('50 ms')
})

test('a caller that gives up is told so, not that the target is slow', async () => {
  const abort = new AbortController()
  server.use(
    http.get(`${API}/stream/:id`, () => {
      abort.abort()
      return new Promise<Response>(() => {})
    }),
  )
  expect((await failure(client({ signal: abort.signal }).getStream(ID))).code).toBe(
    'LP_API_ABORTED',
  )
})

/** A real socket, for what can only be seen on one. */
async function listen(onAnswer: (text: string) => string | undefined): Promise<Server> {
  const raw = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const answer = onAnswer(String(data))
      if (answer === undefined) socket.destroy()
      else socket.end(answer)
    })
  })
  raw.listen(0, '127.0.0.1')
  await once(raw, 'listening')
  return raw
}

const baseOf = (raw: Server) => `http://127.0.0.1:${(raw.address() as { port: number }).port}`

test('an answer cut in the middle of its body is a cut', async () => {
  const raw = await listen(() => 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"id":')
  expect((await failure(client({ api: baseOf(raw) }).organisation())).code).toBe('LP_API_CUT')
  raw.close()
})

test('an answer without end is given up at the limit', async () => {
  const body = 'x'.repeat(17 * 1024 * 1024)
  const raw = await listen(() => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  expect((await failure(client({ api: baseOf(raw) }).organisation())).code).toBe('LP_API_TOO_LARGE')
  raw.close()
})

test('POST is repeated where no connection came about', async () => {
  const raw = await listen(() => undefined)
  const api = baseOf(raw)
  raw.close()
  await once(raw, 'close')
  const calls = vi.spyOn(globalThis, 'fetch')
  const error = await failure(client({ api }).createStream())
  expect([error.code, calls.mock.calls.length]).toEqual(['LP_API_UNREACHABLE', 4])
  expect(error.message).toContain('ECONNREFUSED')
  calls.mockRestore()
})
