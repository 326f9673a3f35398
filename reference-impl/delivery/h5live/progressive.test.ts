import { afterEach, describe, expect, it } from 'vitest'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { boxesOf } from '../../live/testing/walk-boxes.ts'
import { type TestDelivery, testDelivery } from './testing/test-delivery.ts'
import { TestViewer } from './testing/test-viewer.ts'

const NAME = 'AAAAA-BBBBB'

let server: TestDelivery | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('Progressive MP4', () => {
  it('is the same bytes as H5Live, and ends with the stream', async () => {
    server = await testDelivery()
    const publication = await server.publish(NAME)
    feedFrames(publication, 5)
    const response = await fetch(server.progressive(`stream=${NAME}`))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('video/mp4')
    expect(response.headers.get('transfer-encoding')).toBe('chunked')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const viewer = new TestViewer(server.websocket(`stream=${NAME}`))
    await viewer.until(({ media }) => media.length === 6)
    feedFrames(publication, 5, { from: 5 })
    publication.end('unpublished')
    const body = Buffer.from(await response.arrayBuffer())
    await viewer.untilClosed()
    expect(Buffer.compare(body, Buffer.concat(viewer.media))).toBe(0)
    expect(boxesOf(body).map((box) => box.type)).toEqual([
      'ftyp',
      'moov',
      ...Array.from({ length: 10 }, () => ['moof', 'mdat']).flat(),
    ])
  })

  it.each([
    ['stream=', 400, 4400],
    ['stream=AAAAA-00000', 404, 2001],
    ['stream=AAAAA-LLLLL', 403, 4403],
  ])('answers ?%s with %i and code %i', async (query, status, code) => {
    server = await testDelivery()
    server.directory.add('AAAAA-LLLLL', 'locked')
    const response = await fetch(server.progressive(query))
    expect(response.status).toBe(status)
    const body = (await response.json()) as { error: unknown }
    expect(body.error).toEqual({ code, message: expect.any(String), userinfo: {} })
  })

  it('answers HEAD without a body, and other methods with 405', async () => {
    server = await testDelivery()
    feedFrames(await server.publish(NAME), 1)
    const url = server.progressive(`stream=${NAME}`)
    const head = await fetch(url, { method: 'HEAD' })
    expect(head.headers.get('content-type')).toBe('video/mp4')
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it('sends a plain request for H5Live to WebSocket', async () => {
    server = await testDelivery()
    const url = server.websocket(`stream=${NAME}`).replace('ws:', 'http:')
    const response = await fetch(url)
    expect(response.status).toBe(426)
    expect(response.headers.get('upgrade')).toBe('websocket')
  })

  it('waits for media, but not for ever', async () => {
    server = await testDelivery({ limits: { mediaWaitMs: 300 } })
    await server.publish(NAME)
    const response = await fetch(server.progressive(`stream=${NAME}`))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 2003 } })
  })

  it('lets go of a viewer that leaves', async () => {
    server = await testDelivery()
    feedFrames(await server.publish(NAME), 1)
    const abort = new AbortController()
    const response = await fetch(server.progressive(`stream=${NAME}`), { signal: abort.signal })
    expect(response.status).toBe(200)
    const { delivery, hub } = server
    expect(delivery.viewers()).toBe(1)
    abort.abort()
    await expect.poll(() => delivery.viewers()).toBe(0)
    expect(hub.get(NAME)?.subscribers).toBe(0)
  })
})
