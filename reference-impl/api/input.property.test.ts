import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { errorObject } from './error-answer.ts'
import { createBody, listQuery, pushUrlBody, suggestQuery, tagsBody } from './parameters.ts'
import { normaliseQuery, parseInput } from './parse-input.ts'
import { startTestApi, type TestApi } from './testing.ts'

let api: TestApi
let id: string
beforeAll(async () => {
  api = await startTestApi()
  id = (await api.create()).id
})
afterAll(() => api.close())

const nearlyRight = fc.record(
  {
    type: fc.oneof(fc.constant('low-latency'), fc.jsonValue()),
    tags: fc.oneof(fc.array(fc.string({ unit: 'binary' })), fc.jsonValue()),
    transcodes: fc.jsonValue(),
    url: fc.oneof(fc.webUrl(), fc.string(), fc.jsonValue()),
    streamname: fc.oneof(fc.string(), fc.jsonValue()),
    __proto__: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  fc.json(),
  nearlyRight.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
)
const query = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('quantity', 'state', 'tags[]', 'before', 'search', '__proto__'),
        fc.string(),
      ),
      fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('live', 'deleted', '')),
    ),
    { maxLength: 8 },
  )
  .chain((pairs) =>
    fc.oneof(
      fc.constant(
        pairs
          .map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join('='))
          .join('&'),
      ),
      fc.constant(pairs.map((pair) => pair.join('=').replace(/[^!-~]/g, '%')).join('&')),
    ),
  )

async function expectTidyAnswer(method: string, path: string, sent?: string): Promise<void> {
  const { status, json } = await api.call(method, path, sent)
  if (status === 200) return
  expect([400, 403, 404, 405, 409, 413]).toContain(status)
  expect(errorObject.safeParse(json).success).toBe(true)
}

test('any body gets an answer of ours, never an internal error', async () => {
  const targets = fc.constantFrom(
    ['POST', '/stream'],
    ['POST', '/stream/validate'],
    ['PUT', `/stream/ID/tag`],
    ['PUT', `/stream/ID/push_url`],
  )
  await fc.assert(
    fc.asyncProperty(targets, body, ([method, path], sent) =>
      expectTidyAnswer(method!, path!.replace('ID', id), sent),
    ),
    { numRuns: 400 },
  )
})

test('any query gets an answer of ours, never an internal error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/stream', '/tag', '/stream/ID'), query, (path, text) =>
      expectTidyAnswer('GET', `${path.replace('ID', id)}?${text.replaceAll('#', '')}`),
    ),
    { numRuns: 400 },
  )
})

test('any path gets an answer of ours, never an internal error', async () => {
  const path = fc.array(fc.oneof(fc.constantFrom('stream', 'tag', '..', '%2e', '%'), fc.webPath()))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('GET', 'PUT', 'DELETE'), path, (method, parts) =>
      expectTidyAnswer(method, `/${parts.join('/').replaceAll('#', '')}`),
    ),
    { numRuns: 200 },
  )
})

test('a parser either returns what its schema promises or says which parameter is wrong', () => {
  const schemas = fc.constantFrom(createBody, tagsBody, pushUrlBody, listQuery, suggestQuery)
  fc.assert(
    fc.property(schemas, fc.oneof(fc.jsonValue(), nearlyRight), (schema, value) => {
      try {
        const parsed = parseInput<unknown>(schema, value)
        expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError)
        expect([1002, 1004]).toContain((error as ApiError).number)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a query keeps every parameter, and makes lists of those that are named so', () => {
  const name = fc.string().filter((text) => text !== '__proto__')
  const value = fc.oneof(fc.string(), fc.array(fc.string()))
  fc.assert(
    fc.property(fc.dictionary(name, value), (parameters) => {
      const normal = normaliseQuery(parameters)
      expect(Object.keys(normal)).toEqual(Object.keys(parameters))
      for (const [key, entry] of Object.entries(normal)) {
        if (key.endsWith('[]')) expect(entry).toEqual([parameters[key]].flat())
        else expect(entry).toBe(parameters[key])
      }
    }),
  )
})
