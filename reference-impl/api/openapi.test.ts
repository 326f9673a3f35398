import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from './routes.ts'
import { startTestApi, type TestApi } from './testing.ts'

interface Operation {
  operationId: string
  summary: string
  'x-guess'?: boolean
  parameters: { name: string; in: string; 'x-guess'?: boolean; description?: string }[]
  responses: Record<string, { content: { 'application/json': { schema: object } } }>
}

let api: TestApi
let paths: Record<string, Record<string, Operation>>
let ajv: Ajv2020
let id: string
let name: string

beforeAll(async () => {
  api = await startTestApi()
  const response = await fetch(`${api.base}/openapi.json`)
  const document = (await response.json()) as { paths: typeof paths }
  paths = document.paths
  // Formats are those of zod's patterns; ajv takes the patterns, which come with them.
  ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'api')
  const stream = await api.create(['document'])
  id = stream.id
  name = stream.ingest!.rtmp.streamname
})
afterAll(() => api.close())

/** What `check` says against the documented answer of this status. */
function problems(path: string, method: string, status: number, answer: unknown): unknown {
  const operation = paths[path]?.[method.toLowerCase()]
  expect(operation?.responses, `${method} ${path} ${status}`).toHaveProperty(String(status))
  const pointer = [path, method.toLowerCase(), 'responses', status, 'content', 'application/json']
  const escaped = pointer.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
  const check = ajv.getSchema(`api#/paths/${escaped.map(encodeURIComponent).join('/')}/schema`)!
  return check(answer) ? [] : check.errors
}

const live = () => api.directory.apply(name, 'publish')

/** For each operation, one call that succeeds and some that fail. */
const calls: [string, string, string, unknown, number, (() => unknown)?][] = [
  ['POST', '/stream', '/stream', { tags: ['a'] }, 200],
  ['POST', '/stream', '/stream', { tags: 1 }, 400],
  ['POST', '/stream', '/stream', { tags: ['x'.repeat(70_000)] }, 413],
  ['POST', '/stream', '/stream', { transcodes: [1] }, 400],
  ['POST', '/stream', '/stream', { transcodes: [{ profile: 'vtrans2-320x180x200' }] }, 403],
  ['GET', '/stream', '/stream?quantity=2', undefined, 200],
  ['GET', '/stream', '/stream?state=none', undefined, 400],
  ['GET', '/stream/{id}', '/stream/{id}', undefined, 200],
  ['GET', '/stream/{id}', '/stream/none', undefined, 404],
  ['GET', '/stream/{id}/group', '/stream/{id}/group', undefined, 200],
  ['PUT', '/stream/{id}/tag', '/stream/{id}/tag', { tags: ['b'] }, 200],
  ['PUT', '/stream/{id}/tag', '/stream/{id}/tag', {}, 400],
  ['PUT', '/stream/{id}/push_url', '/stream/{id}/push_url', { url: 'rtmp://a.test/b' }, 200],
  ['PUT', '/stream/{id}/push_url', '/stream/{id}/push_url', { url: 'a' }, 400],
  ['PUT', '/stream/{id}/stop', '/stream/{id}/stop', undefined, 409],
  ['PUT', '/stream/{id}/stop', '/stream/{id}/stop', undefined, 200, live],
  ['PUT', '/stream/{id}/lock', '/stream/{id}/lock', undefined, 409],
  ['PUT', '/stream/{id}/lock', '/stream/{id}/lock', undefined, 200, live],
  ['PUT', '/stream/{id}/unlock', '/stream/{id}/unlock', undefined, 200],
  ['POST', '/stream/validate', '/stream/validate', { streamname: 'AAAAA-BBBBB' }, 200],
  ['POST', '/stream/validate', '/stream/validate', {}, 400],
  ['GET', '/tag', '/tag?search=doc', undefined, 200],
  ['GET', '/organisation', '/organisation', undefined, 200],
  ['DELETE', '/stream/{id}', '/stream/{id}', undefined, 200],
  ['DELETE', '/stream/{id}', '/stream/{id}', undefined, 404],
]

test('every answer is as the document says', async () => {
  for (const [method, path, url, body, status, prepare] of calls) {
    prepare?.()
    const answer = await api.call(method, url.replace('{id}', id), body)
    expect([method, url, answer.status]).toEqual([method, url, status])
    expect(problems(path, method, answer.status, answer.json), `${method} ${url}`).toEqual([])
  }
})

test('the check can fail: an answer of another shape has problems', () => {
  expect(problems('/stream', 'POST', 200, { id: 'x' })).not.toEqual([])
  expect(problems('/stream', 'POST', 400, { message: 'x' })).not.toEqual([])
})

test('every documented operation is called above and served, and every route is documented', () => {
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const called = new Set(
    calls.filter((call) => call[4] === 200).map(([method, path]) => `${method} ${path}`),
  )
  expect(new Set(documented)).toEqual(called)
  expect(new Set(documented)).toEqual(
    new Set(routes.map(({ method, path }) => `${method} ${path}`)),
  )
})

test('what is made up is marked', () => {
  const guesses = Object.values(paths).flatMap((operations) =>
    Object.values(operations).flatMap((operation) => [
      ...(operation['x-guess'] ? [operation.operationId] : []),
      ...operation.parameters
        .filter((parameter) => parameter['x-guess'])
        .map((parameter) => `${operation.operationId} ${parameter.name}`),
    ]),
  )
  expect(guesses.sort()).toEqual(
    [
      'getGroup',
      'getOrganisation',
      'listStreams before',
      'listStreams tags[]',
      'lockStream',
      'suggestTags',
      'suggestTags search',
      'unlockStream',
      'validateStream',
    ].sort(),
  )
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) {
      if (operation['x-guess']) expect(operation.summary).toContain('[GUESS]')
    }
  }
})
