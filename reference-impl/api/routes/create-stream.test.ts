import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StreamObject } from '../stream-object.ts'
import { startTestApi, type TestApi } from '../testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

test.each([
  ['an empty body', undefined],
  ['an empty object', {}],
  ['unknown parameters', { colour: 'blue', webrtc: true }],
  ['the low-latency type', { type: 'low-latency', transcodes: [], processing: [] }],
])('%s creates a stream', async (_name, body) => {
  const { status, headers, json } = await api.call('POST', '/stream', body)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(json).toMatchObject({ state: 'created', type: 'low-latency', tags: [] })
})

test('a new stream carries its ingest and its playout already', async () => {
  const stream = await api.create(['a', 'k:v'])
  const name = stream.ingest!.rtmp.streamname
  expect(name).toMatch(/^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/)
  expect(stream).toMatchObject({
    streamgroup: stream.id,
    tags: ['a', 'k:v'],
    ingest: { rtmp: { url: 'rtmp://127.0.0.1:1/live' } },
  })
  expect(stream.playout.h5live).toEqual([
    {
      id: stream.id,
      index: 0,
      tags: ['a', 'k:v'],
      processing: [],
      rtmp: { url: 'rtmp://127.0.0.1:1/play', streamname: name },
      server: {
        websocket: 'ws://127.0.0.1:1/h5live/stream.mp4',
        hls: 'http://127.0.0.1:1/h5live/http/playlist.m3u8',
        progressive: 'http://127.0.0.1:1/h5live/http/stream.mp4',
      },
    },
  ])
})

test('names share the organisation and differ in the rest', async () => {
  const streams = await Promise.all(Array.from({ length: 100 }, () => api.create()))
  const names = streams.map((stream) => stream.ingest!.rtmp.streamname.split('-'))
  expect(new Set(names.map(([organisation]) => organisation)).size).toBe(1)
  expect(new Set(names.map(([, name]) => name)).size).toBe(100)
  expect(new Set(streams.map(({ id }) => id)).size).toBe(100)
})

test('an empty body with any content type is accepted', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await api.call('POST', '/stream', '', headers)).status).toBe(200)
})

test.each([
  [{ type: 'wowza' }, 400, 3002, { stream_type: 'wowza' }],
  [{ type: 7 }, 400, 1004, { parameter: 'type', type: 'string' }],
  [{ tags: 'a' }, 400, 1004, { parameter: 'tags', type: 'array' }],
  [{ tags: ['a', 7] }, 400, 1004, { parameter: 'tags.1', type: 'string' }],
  [{ tags: [''] }, 400, 1004, { parameter: 'tags.0' }],
  [{ tags: ['a\nb'] }, 400, 1004, { parameter: 'tags.0' }],
  [{ tags: ['x'.repeat(129)] }, 400, 1004, { parameter: 'tags.0' }],
  [{ tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }, 400, 1004, { parameter: 'tags' }],
  [{ transcodes: [{ profile: 'vtrans2-640x360x400' }] }, 403, 2002, { feature: 'Transcoding' }],
  [{ processing: [[{ id: 'rec' }]] }, 403, 2002, { feature: 'Live processing' }],
  [[], 400, 1004, { parameter: 'body' }],
])('%j is refused', async (body, status, code, userinfo) => {
  const answer = await api.call('POST', '/stream', body)
  expect(answer.status).toBe(status)
  expect(answer.json).toMatchObject({ error: { code, userinfo } })
})

test('tags may not go on past their limit, and doubles count once', async () => {
  expect((await api.create(['b', 'a', 'b'])).tags).toEqual(['b', 'a'])
  const { json } = await api.call('POST', '/stream', { tags: Array(50).fill('same') })
  expect((json as StreamObject).tags).toEqual(['same'])
})
