import { afterEach, beforeAll, expect, test } from 'vitest'
import { nowMs } from '../measure/clock.ts'
import { stampTimeUs, writeStamp } from '../measure/stamp.ts'
import { openH5LiveViewer } from './h5live-viewer.ts'
import { openProgressiveViewer } from './progressive-viewer.ts'
import { accessUnit, bpmSei, stampedAccessUnit, testFragment } from './test-fragments.ts'
import { makeFragmentedMp4 } from './test-media.ts'
import { startTestServer } from './test-server.ts'

let init: Buffer
const cleanup: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const file = await makeFragmentedMp4({ video: '360p30', duration: 1 })
  init = file.subarray(0, file.indexOf('moof') - 4)
})

afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close()
})

async function serve(handlers: Parameters<typeof startTestServer>[0]) {
  const server = await startTestServer(handlers)
  cleanup.push(server.close)
  return server
}

function stampOf(frame: number): Uint8Array {
  return writeStamp({ streamTag: '0badcafe', frame, timeUs: stampTimeUs() })
}

function frame(number: number, options: { streamTag?: string; timeUs?: number } = {}): Buffer {
  const key = number % 30 === 0
  const data = stampedAccessUnit({ frame: number, timeUs: stampTimeUs(), key, ...options })
  const samples = [{ duration: 3000, key, data }]
  return testFragment(number + 1, [{ id: 1, baseDecodeTime: number * 3000, samples }])
}

test('an H5Live viewer records texts, init segment, fragments and stamps as they come', async () => {
  const server = await serve({
    socket: (socket) => {
      socket.send('{"type":"serverInfo"}')
      socket.send(init)
      for (let number = 0; number < 10; number++) socket.send(frame(number))
      socket.close(4404, 'over')
    },
  })
  const viewer = openH5LiveViewer(server.ws)
  await viewer.firstKeyFrame
  await viewer.frames(10)
  const close = await viewer.closed
  expect(close).toMatchObject({ code: 4404, reason: 'over', by: 'server', clean: true })
  expect(viewer.record.events.map((event) => event.type)).toEqual([
    'text',
    'init',
    ...Array(10).fill('fragment'),
  ])
  expect(viewer.stats).toMatchObject({ frames: 10, stamped: 10, lost: 0, foreign: 0 })
  const { connect, open, firstText, init: first, firstKeyFrame } = viewer.record.stages
  const stages = [connect!, open!, firstText!, first!, firstKeyFrame!]
  expect(stages).toEqual(stages.toSorted((a, b) => a - b))
  expect(viewer.record.events[2]).toMatchObject({
    sequence: 1,
    tracks: [{ trackId: 1, samples: [{ dts: 0, key: true, idr: true, stamp: { frame: 0 } }] }],
  })
  expect(viewer.record.events[3]).toMatchObject({
    tracks: [{ samples: [{ dts: 3000, key: false, idr: false }] }],
  })
})

test('latency counts only frames that are younger than the init segment', async () => {
  let send: (bytes: Buffer) => void = () => {}
  const server = await serve({
    socket: (socket) => {
      send = (bytes) => socket.send(bytes)
      send(init)
      send(frame(0, { timeUs: stampTimeUs() - 1_500_000 }))
    },
  })
  const viewer = openH5LiveViewer(server.ws)
  cleanup.push(viewer.close)
  await viewer.frames(1)
  expect(viewer.latency.count).toBe(0)
  const timeUs = stampTimeUs()
  send(frame(1, { timeUs }))
  await viewer.frames(2)
  expect(viewer.latency.count).toBe(1)
  expect(viewer.latency.max).toBeLessThanOrEqual((stampTimeUs() - timeUs) / 1000)
  expect(viewer.latency.negative).toBe(0)
})

test('latency is what OBS says where there is no stamp, and is kept apart', async () => {
  let send: (bytes: Buffer) => void = () => {}
  const server = await serve({
    socket: (socket) => {
      send = (bytes) => socket.send(bytes)
      send(init)
    },
  })
  const viewer = openH5LiveViewer(server.ws)
  cleanup.push(viewer.close)
  await viewer.until(({ stages }) => stages.init ?? undefined)
  const slice = Uint8Array.of(0x65, 0x88)
  const sendUnit = (number: number, ...units: Uint8Array[]) => {
    const samples = [{ duration: 3000, key: true, data: accessUnit(...units, slice) }]
    send(testFragment(number + 1, [{ id: 1, baseDecodeTime: number * 3000, samples }]))
  }
  // The text is cut to whole ms, which must not put it in front of the init segment.
  const composed = Date.now() + 1
  sendUnit(0, bpmSei(composed - 60_000))
  sendUnit(1, bpmSei(composed))
  sendUnit(2)
  sendUnit(3, bpmSei(composed), stampOf(3))
  await viewer.frames(4)
  expect(viewer.latency.count).toBe(1)
  expect(viewer.bpmLatency.count).toBe(1)
  const { errorBoundMs, max, negative } = viewer.bpmLatency
  expect(errorBoundMs).toBe(1.1)
  expect(max).toBeLessThanOrEqual(Date.now() + 1 - composed + errorBoundMs)
  expect(negative).toBe(0)
})

test('lost, repeated and foreign frames and a new beginning are counted apart', async () => {
  const old = stampTimeUs()
  const server = await serve({
    socket: (socket) => {
      socket.send(init)
      const send = (number: number, options: Parameters<typeof frame>[1] = {}) =>
        socket.send(frame(number, options))
      for (const number of [5, 6, 9]) send(number, { timeUs: old + number })
      send(6, { timeUs: old + 6 })
      send(10, { streamTag: 'deadbeef' })
      send(0, { timeUs: old + 100 })
      send(1, { timeUs: old + 101 })
      socket.close(1000)
    },
  })
  const viewer = openH5LiveViewer(server.ws)
  await viewer.closed
  expect(viewer.stats).toMatchObject({
    frames: 7,
    lost: 2,
    repeated: 1,
    foreign: 1,
    restarts: 1,
  })
})

test('a cheap viewer keeps counts and latency but no events', async () => {
  const server = await serve({
    socket: (socket) => {
      socket.send(init)
      for (let number = 0; number < 50; number++) socket.send(frame(number))
      socket.close(1000)
    },
  })
  const viewer = openH5LiveViewer(server.ws, { record: false })
  await viewer.closed
  expect(viewer.record).toMatchObject({ events: [], truncated: true })
  expect(viewer.stats).toMatchObject({ frames: 50, lost: 0 })
  expect(viewer.record.stages.firstKeyFrame).not.toBeNull()
})

test('unreadable media is recorded once and told to who waits for frames', async () => {
  const server = await serve({
    socket: (socket) => {
      socket.send(init)
      socket.send(Buffer.from('0000000475756964', 'hex'))
      socket.send(frame(0))
      socket.close(1000)
    },
  })
  const viewer = openH5LiveViewer(server.ws)
  await expect(viewer.frames(1)).rejects.toMatchObject({
    code: 'LP_VIEWER_UNREADABLE',
    message: expect.stringContaining('LP_FRAGMENT_BOX_SIZE'),
  })
  const malformed = viewer.record.events.filter((event) => event.type === 'malformed')
  expect(malformed).toMatchObject([{ code: 'LP_FRAGMENT_BOX_SIZE' }])
  await expect(viewer.firstKeyFrame).rejects.toMatchObject({ code: 'LP_VIEWER_UNREADABLE' })
})

test('a refused handshake is an answer, not a failure', async () => {
  const server = await serve({})
  const viewer = openH5LiveViewer(server.ws)
  expect(await viewer.closed).toMatchObject({ by: 'refused', code: null, reason: 'HTTP 403' })
  expect(viewer.record.http).toMatchObject({ status: 403, headers: { 'x-why': 'test' } })
})

test('no server, an aborted viewer and a silent one each end as what they are', async () => {
  const server = await serve({ socket: () => {} })
  const abort = new AbortController()
  const viewer = openH5LiveViewer(server.ws, { signal: abort.signal })
  await expect(viewer.frames(1, { timeoutMs: 30 })).rejects.toMatchObject({
    code: 'LP_VIEWER_TIMEOUT',
  })
  abort.abort()
  expect(await viewer.closed).toMatchObject({ by: 'viewer' })
  expect((await openH5LiveViewer(server.ws, { signal: abort.signal }).closed).by).toBe('viewer')
  await server.close()
  expect((await openH5LiveViewer(server.ws).closed).by).toBe('failed')
  expect((await openProgressiveViewer(server.http).closed).by).toBe('failed')
})

test('a paused viewer lets the server feel it, and reads on afterwards', async () => {
  const MB = 2 ** 20
  let queued = () => 0
  const server = await serve({
    socket: (socket) => {
      queued = () => socket.bufferedAmount
      socket.send(init, () => {
        const filler = Buffer.alloc(MB)
        filler.writeUInt32BE(MB)
        filler.write('free', 4, 'latin1')
        for (let i = 0; i < 32; i++) socket.send(filler)
        socket.send(frame(0))
      })
    },
  })
  const viewer = openH5LiveViewer(server.ws)
  cleanup.push(viewer.close)
  await viewer.until((record) => record.stages.init ?? undefined)
  viewer.pause()
  const seen = viewer.stats.bytes
  await expect(viewer.frames(1, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'LP_VIEWER_TIMEOUT',
  })
  expect(viewer.stats.bytes - seen).toBeLessThan(2 * MB)
  expect(queued()).toBeGreaterThan(MB)
  viewer.resume()
  await viewer.frames(1)
})

test('a viewer with a read rate takes about that much a second', async () => {
  const server = await serve({
    socket: (socket) => {
      socket.send(init)
      for (let number = 0; number < 4000; number++) socket.send(frame(number))
    },
  })
  const total = 4000 * frame(100).length
  const viewer = openH5LiveViewer(server.ws, { readRate: total / 2 })
  cleanup.push(viewer.close)
  const before = nowMs()
  await viewer.frames(4000)
  expect(nowMs() - before).toBeGreaterThan(1200)
})

test('a progressive viewer reads the same media from an HTTP body cut anywhere', async () => {
  const bytes = Buffer.concat([init, ...Array.from({ length: 20 }, (_, number) => frame(number))])
  const server = await serve({
    http: (_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp4' })
      for (let at = 0; at < bytes.length; at += 333) response.write(bytes.subarray(at, at + 333))
      response.end()
    },
  })
  const viewer = openProgressiveViewer(server.http)
  await viewer.frames(20)
  expect(await viewer.closed).toMatchObject({ by: 'server', clean: true, code: null })
  expect(viewer.record.http).toMatchObject({ status: 200 })
  expect(viewer.record.http!.headers['content-type']).toBe('video/mp4')
  expect(viewer.stats).toMatchObject({ frames: 20, lost: 0 })
})

test('a progressive body that is cut, and an answer that refuses', async () => {
  const server = await serve({
    http: (request, response) => {
      if (request.url === '/cut') {
        response.writeHead(200)
        response.write(init, () => response.destroy())
      } else response.writeHead(404).end('{"error":{"code":2001}}')
    },
  })
  const cut = openProgressiveViewer(`${server.http}cut`)
  expect(await cut.closed).toMatchObject({ by: 'failed', clean: false })
  const refused = openProgressiveViewer(server.http)
  expect(await refused.closed).toMatchObject({ by: 'refused', clean: true })
  expect(refused.record.events).toMatchObject([{ type: 'text', text: '{"error":{"code":2001}}' }])
})
