import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { TestViewer } from '../delivery/h5live/testing/test-viewer.ts'
import { readClip } from '../live/testing/clip.ts'
import { LiveFeed } from '../live/testing/live-feed.ts'
import type { Edge } from './edge.ts'
import { cutLine } from './testing/cut-line.ts'
import { PLAY_URL, type TestOrigin, testOrigin } from './testing/test-cdn.ts'
import { testHello } from './testing/test-hello.ts'

const NAME = 'aaaaa-00001'
const clip = readClip('360p30')
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function origin(options: Parameters<typeof testOrigin>[0] = {}): Promise<TestOrigin> {
  const started = await testOrigin(options)
  closers.push(() => started.close())
  return started
}

async function feed(to: TestOrigin, name = NAME, of = clip): Promise<LiveFeed> {
  const live = new LiveFeed(await to.publish(name), of)
  closers.push(() => live.stop())
  return live
}

function watch({ addresses }: Edge, name = NAME): TestViewer {
  const query = new URLSearchParams({ url: PLAY_URL, stream: name })
  const viewer = new TestViewer(`${addresses.websocket}?${query}`)
  closers.push(() => viewer.close())
  return viewer
}

/** `sequence_number` of the `mfhd`, which is the first box inside `moof` (ISO/IEC 14496-12 §8.8.5). */
const sequenceOf = (fragment: Buffer) => fragment.readUInt32BE(20)

const sameMedia = (a: TestViewer, b: TestViewer) => {
  const first = a.media[1]!
  const at = b.media.findIndex((media) => media.equals(first))
  const length = Math.min(a.media.length - 1, b.media.length - at)
  expect(at).toBeGreaterThan(0)
  expect(length).toBeGreaterThan(5)
  for (let index = 0; index < length; index++) {
    expect(b.media[at + index]!.equals(a.media[1 + index]!)).toBe(true)
  }
}

test('viewers of an edge get what the origin packaged, and each stream is pulled once', async () => {
  const from = await origin()
  await feed(from)
  const [near, far] = [await from.edge('eu'), await from.edge('us')]
  const first = watch(near)
  await first.until(({ media }) => media.length > 20)
  const others = Array.from({ length: 20 }, () => watch(near))
  const elsewhere = watch(far)
  await Promise.all(others.map((one) => one.until(({ media }) => media.length > 10)))
  await elsewhere.until(({ media }) => media.length > 20)
  sameMedia(elsewhere, others[0]!)
  expect(first.statuses.map(({ status }) => status)).toEqual(['playing'])
  expect(from.origin.counts().pulls).toEqual({ [NAME]: 2 })
  await first.until(() => from.registry.edges(0).some(({ load }) => load.viewers === 21))
})

test('progressive viewers are served from the same pull', async () => {
  const from = await origin()
  await feed(from)
  const edge = await from.edge('eu')
  const query = new URLSearchParams({ url: PLAY_URL, stream: NAME })
  const abort = new AbortController()
  const answer = await fetch(`${edge.addresses.progressive}?${query}`, { signal: abort.signal })
  expect(answer.headers.get('content-type')).toBe('video/mp4')
  const { value } = await answer.body!.getReader().read()
  expect(Buffer.from(value!).toString('latin1', 4, 8)).toBe('ftyp')
  abort.abort()
  expect(from.origin.counts().pulls).toEqual({ [NAME]: 1 })
})

test('an edge refuses what its origin refuses, in the same words', async () => {
  const from = await origin()
  from.directory.add('aaaaa-ended')
  const edge = await from.edge('eu')
  const [unknown, ended] = [watch(edge, 'aaaaa-nobod'), watch(edge, 'aaaaa-ended')]
  await Promise.all([unknown.untilClosed(), ended.untilClosed()])
  expect(unknown.closed).toMatchObject({ code: 4404, reason: 'There is no such stream.' })
  expect(ended.closed).toMatchObject({ code: 4404, reason: 'The stream is not live.' })
})

test('the end of a stream reaches the viewers of an edge with its reason', async () => {
  const from = await origin()
  const publication = await from.publish(NAME)
  const live = new LiveFeed(publication, clip)
  const viewer = watch(await from.edge('eu'))
  await viewer.until(({ media }) => media.length > 2)
  live.stop()
  publication.end('unpublished')
  await viewer.untilClosed()
  expect(viewer.statuses.at(-1)).toMatchObject({ status: 'ended', reason: 'unpublished' })
})

test('a stream that nobody watches any more is no longer pulled', async () => {
  const from = await origin()
  await feed(from)
  const viewer = watch(await from.edge('eu', { limits: { idlePullMs: 300 } }))
  await viewer.until(({ media }) => media.length > 2)
  const subscribers = () => from.hub.get(NAME)!.subscribers
  expect(subscribers()).toBe(1)
  await viewer.close()
  await expect.poll(subscribers, { interval: 50 }).toBe(0)
})

test('viewers of an edge do not notice a short break of its line to the origin', async () => {
  const from = await origin()
  // The group must outlast the break, however slow the machine: a newer one begins with a skip.
  await feed(from, NAME, readClip('360p30-gop8'))
  const line = await cutLine(from.url)
  closers.push(() => line.close())
  const viewer = watch(await from.edge('eu', { through: line.url }))
  await viewer.until(({ media }) => media.length > 5)
  line.cut()
  const before = viewer.media.length
  line.mend()
  await viewer.until(({ media }) => media.length > before + 20)
  expect(viewer.statuses.map(({ status }) => status)).toEqual(['playing'])
  const numbers = viewer.media.slice(1).map(sequenceOf)
  expect(numbers).toEqual(numbers.map((_number, index) => numbers[0]! + index))
  expect(from.origin.counts().pulls).toEqual({ [NAME]: 2 })
})

test('an edge that loses its origin stops claiming the stream, and finds a new origin by itself', async () => {
  const old = await origin({ generation: 1 })
  const live = await feed(old)
  const line = await cutLine(old.url)
  closers.push(() => line.close())
  const edge = await old.edge('eu', { through: line.url, limits: { originLostMs: 700 } })
  const viewer = watch(edge)
  await viewer.until(({ media }) => media.length > 2)
  line.cut()
  await viewer.untilClosed(10_000)
  expect(viewer.statuses.at(-1)).toMatchObject({ status: 'ended', reason: 'vanished' })
  const late = watch(edge)
  await late.untilClosed()
  expect(late.closed).toMatchObject({ code: 4404 })

  live.stop()
  const { port } = new URL(old.url)
  await old.origin.close()
  const next = await origin({ port: Number(port), generation: 2 })
  line.mend()
  await feed(next)
  await expect.poll(() => next.router.locate('127.1.0.1')?.id, { timeout: 5_000 }).toBe(edge.id)
  await watch(edge).until(({ media }) => media.length > 2)
})

test('an origin that was replaced meanwhile is not believed', async () => {
  const newer = await origin({ generation: 2 })
  const edge = await newer.edge('eu')
  const { port } = new URL(newer.url)
  await newer.origin.close()
  const ghost = await origin({ port: Number(port), generation: 1 })
  await feed(ghost)
  const viewer = watch(edge)
  await viewer.untilClosed()
  expect(viewer.media).toHaveLength(0)
})

test('only who knows the secret gets through the door for edges', async () => {
  const from = await origin()
  await feed(from)
  await expect(from.edge('eu', { secret: 'guessed' })).rejects.toMatchObject({
    code: 'LP_EDGE_REFUSED',
  })
  const address = from.url.replace('http', 'ws')
  for (const path of ['/edge', `/feed/${NAME}`]) {
    const socket = new WebSocket(address + path)
    const [error] = await once(socket, 'error')
    expect(String(error)).toContain('401')
  }
  expect((await fetch(`${from.url}/hls/${NAME}/index.m3u8`)).status).toBe(401)
  expect(from.origin.counts()).toEqual({ pulls: {}, hlsRequests: 0 })
})

test('all viewers of HLS at an edge cost the origin one request', async () => {
  const from = await origin()
  await feed(from)
  const edge = await from.edge('eu')
  const asked = `${edge.addresses.hls}/${NAME}/media.m3u8`
  const playlists = await Promise.all(
    Array.from({ length: 20 }, async () => (await fetch(asked)).text()),
  )
  expect(new Set(playlists).size).toBe(1)
  expect(playlists[0]).toContain('#EXT-X-PART-INF')
  expect(from.origin.counts().hlsRequests).toBe(1)
  const map = /URI="(map-[^"]+)"/.exec(playlists[0]!)![1]
  const maps = []
  for (let index = 0; index < 3; index++) {
    const answer = await fetch(`${edge.addresses.hls}/${NAME}/${map}`)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    maps.push(Buffer.from(await answer.arrayBuffer()))
  }
  expect(maps[0]!.toString('latin1', 4, 8)).toBe('ftyp')
  expect(from.origin.counts().hlsRequests).toBe(2)
})

test('an edge that falls silent is dead, though its connection stands', {
  timeout: 20_000,
}, async () => {
  const from = await origin()
  const socket = connect(Number(new URL(from.url).port), '127.0.0.1')
  closers.push(() => socket.destroy())
  socket.on('error', () => {})
  const ws = new WebSocket(`${from.url.replace('http', 'ws')}/edge`, {
    headers: { authorization: 'Bearer a-secret-of-tests' },
  })
  closers.push(() => ws.terminate())
  await once(ws, 'open')
  ws.send(JSON.stringify(testHello('mute')))
  await once(ws, 'message')
  expect(from.router.locate('127.1.0.1')?.id).toBe('mute')
  await once(ws, 'close')
  expect(from.router.locate('127.1.0.1')).toBeUndefined()
})
