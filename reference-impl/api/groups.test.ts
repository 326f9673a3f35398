import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StreamObject } from './stream-object.ts'
import { startTestApi, type TestApi } from './testing.ts'

const LADDER = [
  { profile: 'vtrans2-640x360x400x25', tags: ['middle'] },
  { profile: 'vtrans2-426x240x200x15' },
]

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ transcoding: true })
})
afterAll(() => api.close())

async function create(body: unknown): Promise<StreamObject> {
  const answer = await api.call('POST', '/stream', body)
  expect(answer.status).toBe(200)
  return answer.json as StreamObject
}

async function get(path: string): Promise<StreamObject> {
  return (await api.call('GET', path)).json as StreamObject
}

describe('A stream group', () => {
  it('has the passthrough and its transcodes as playout, in order', async () => {
    const stream = await create({ tags: ['top'], transcodes: LADDER })
    const { h5live } = stream.playout
    expect(h5live.map(({ index, tags }) => [index, tags])).toEqual([
      [0, ['top']],
      [1, ['middle']],
      [2, []],
    ])
    expect(h5live[1]!.info).toEqual({ bitrate: 400, width: 640, height: 360, framerate: 25 })
    expect(new Set(h5live.map(({ rtmp }) => rtmp.streamname)).size).toBe(3)
    expect(stream.streamgroup).toBe(stream.id)

    const member = await get(`/stream/${h5live[1]!.id}`)
    expect(member.streamgroup).toBe(stream.id)
    expect(member.ingest).toBeUndefined()
    expect(await get(`/stream/${member.id}/group`)).toEqual(await get(`/stream/${stream.id}`))
  })

  it('is one entry of the list', async () => {
    const before = (await get('/stream?quantity=1000')) as unknown as StreamObject[]
    const stream = await create({ transcodes: LADDER })
    const after = (await get('/stream?quantity=1000')) as unknown as StreamObject[]
    expect(after.length).toBe(before.length + 1)
    expect(after[0]!.id).toBe(stream.id)
  })

  it('is one for two bitrates from the encoder', async () => {
    const high = await create({})
    const low = await create({ group: high.id })
    expect(low.streamgroup).toBe(high.id)
    expect(low.playout.h5live.map(({ index }) => index)).toEqual([1])
    const group = await get(`/stream/${low.id}/group`)
    expect(group.playout.h5live.map(({ id }) => id)).toEqual([high.id, low.id])
    expect(api.directory.group?.(low.ingest!.rtmp.streamname)?.members).toHaveLength(2)
  })

  it('is deleted with its passthrough, and refuses what it cannot be', async () => {
    const stream = await create({ transcodes: LADDER })
    await api.call('DELETE', `/stream/${stream.id}`)
    for (const { id } of stream.playout.h5live)
      expect((await api.call('GET', `/stream/${id}`)).status).toBe(404)

    const four = Array.from({ length: 4 }, (_, i) => ({ profile: `vtrans2-320x180x${400 - i}` }))
    const bad = [
      { transcodes: [...LADDER].reverse() },
      { transcodes: four },
      { transcodes: [{ profile: 'vtrans2-9999x9999x1' }] },
      { group: 'none' },
    ]
    for (const body of bad)
      expect((await api.call('POST', '/stream', body)).status).toBeGreaterThanOrEqual(400)
  })

  it('is refused where nothing transcodes', async () => {
    const without = await startTestApi()
    const answer = await without.call('POST', '/stream', { transcodes: LADDER })
    await without.close()
    expect(answer.status).toBe(403)
  })
})
