import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorObject } from './error-answer.ts'
import { streamObject } from './stream-object.ts'
import { startTestApi, type TestApi } from './testing.ts'

interface Case {
  name: string
  method: string
  path: string
  body?: string
  contentType?: string
  status: number
}

const file = new URL('../../fixtures/corpora/api/requests.json', import.meta.url)
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[]

let api: TestApi
let id: string
beforeAll(async () => {
  api = await startTestApi()
  id = (await api.create(['witness'])).id
})
afterAll(() => api.close())

test.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
  const { method, path, body, contentType, status } = entry
  const headers: HeadersInit = contentType === undefined ? {} : { 'content-type': contentType }
  const answer = await api.call(method, path.replace('ID', id), body, headers)
  expect(answer.status).toBe(status)
  if (status !== 200) expect(errorObject.safeParse(answer.json).success).toBe(true)
})

test('after all of that the store is whole, and nothing is polluted', async () => {
  const { json } = await api.call('GET', '/stream?quantity=1000')
  const streams = streamObject.array().parse(json)
  expect(streams.at(-1)).toMatchObject({ id, tags: ['witness'] })
  expect(JSON.stringify(streams)).not.toContain('polluted')
  expect(Object.keys(Object.prototype)).toEqual([])
})
