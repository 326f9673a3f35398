import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorNumbers } from './error-numbers.ts'
import { routes } from './routes.ts'
import { startTestApi, type TestApi } from './testing.ts'

interface Operation {
  operationId: string
  summary: string
  'x-guess'?: boolean
  parameters: { name: string; in: string; 'x-guess'?: boolean; description?: string }[]
  requestBody?: { content: { 'application/json': { schema: { properties: object } } } }
  responses: Record<
    string,
    { 'x-guess'?: boolean; content: { 'application/json': { schema: object } } }
  >
}

interface ErrorNumber {
  const: number
  'x-guess'?: boolean
}

let api: TestApi
/** Documented, but nothing that the reference takes must be unique. */
const NOT_UNIQUE = 1003

let document: Record<string, unknown>
let paths: Record<string, Record<string, Operation>>
let ajv: Ajv2020
let id: string
let name: string

beforeAll(async () => {
  api = await startTestApi()
  const response = await fetch(`${api.base}/openapi.json`)
  document = (await response.json()) as Record<string, unknown>
  paths = document['paths'] as typeof paths
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
})

/** Every object of the document, with where it stands. */
function* objectsIn(value: unknown, at = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>]
  for (const [key, part] of Object.entries(value)) yield* objectsIn(part, `${at}/${key}`)
}

test('whatever is marked says what is guessed, and whatever says so is marked', () => {
  const marked: string[] = []
  for (const [at, object] of objectsIn([document['paths'], document['components']])) {
    if (object['x-guess'] === true) marked.push(at)
    const text = [object['summary'], object['description']].some(
      (words) => typeof words === 'string' && words.includes('[GUESS]'),
    )
    expect(text, at).toBe(object['x-guess'] === true)
  }
  expect(marked.length).toBeGreaterThan(0)
})

test('the fields, headers and refusals that are made up are marked', () => {
  const schemas = document['components'] as { schemas: { Stream: { properties: object } } }
  const streamFields = Object.entries(schemas.schemas.Stream.properties)
  const create = paths['/stream']!['post']!.requestBody!.content['application/json'].schema
  const guessed = (fields: [string, { 'x-guess'?: boolean }][]) =>
    fields.filter(([, field]) => field['x-guess']).map(([name]) => name)
  expect(guessed(streamFields).sort()).toEqual(['push_status', 'push_url', 'updated_at'])
  expect(guessed(Object.entries(create.properties)).sort()).toEqual([
    'group',
    'processing',
    'transcodes',
  ])
  expect(paths['/stream']!['get']!.responses['200']).toMatchObject({
    headers: { Link: { 'x-guess': true } },
  })
})

test('of the errors, only the documented numbers and statuses are not marked', () => {
  const schemas = document['components'] as {
    schemas: {
      Error: { properties: { error: { properties: { code: { anyOf: ErrorNumber[] } } } } }
    }
  }
  const numbers = schemas.schemas.Error.properties.error.properties.code.anyOf
  const known = (marked: boolean) =>
    numbers.filter((number) => (number['x-guess'] ?? false) === marked).map((one) => one.const)
  expect(known(false)).toEqual([1002, 1004, 2001, 3002, 4002])
  expect(known(true)).toEqual([1000, 1001, 1005, 1006, 1007, 1008, 2002, 3001, 3003, 5000])
  const unmarked = new Set(
    Object.values(paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ responses }) =>
        Object.keys(responses).filter((status) => !responses[status]!['x-guess']),
      ),
    ),
  )
  expect(unmarked).toEqual(new Set(['200', '400', '401', '403']))
})

test('the page of guesses names the numbers that are marked', () => {
  const page = readFileSync(new URL('../../docs/decisions/api-guesses.md', import.meta.url), 'utf8')
  const [documented, ours] = /Error numbers\*\*: (.*) are documented\. Ours are (.*)/
    .exec(page)!
    .slice(1)
    .map((text) => [...text.matchAll(/\b\d{4}\b/g)].map(([number]) => Number(number)))
  const marked = (guess: boolean) =>
    errorNumbers.filter(({ meaning }) => meaning.guess === guess).map(({ number }) => number)
  expect(ours).toEqual(marked(true))
  expect(documented!.filter((number) => number !== NOT_UNIQUE)).toEqual(marked(false))
})
