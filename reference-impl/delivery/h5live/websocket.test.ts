import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { boxesOf, readFragment } from '../../live/testing/walk-boxes.ts'
import {
  PLAY_URL,
  type TestDelivery,
  type TestDeliveryOptions,
  testDelivery,
} from './testing/test-delivery.ts'
import { TestViewer } from './testing/test-viewer.ts'

const NAME = 'AAAAA-BBBBB'
/** Whatever waited for one of these would come too late for the test. */
const NO_TIMERS = { mediaWaitMs: 60_000, closeTimeoutMs: 60_000 }

let server: TestDelivery | undefined
const viewers: TestViewer[] = []

afterEach(async () => {
  await Promise.all(viewers.splice(0).map((viewer) => viewer.close()))
  await server?.close()
  server = undefined
})

async function start(options?: TestDeliveryOptions): Promise<TestDelivery> {
  server = await testDelivery(options)
  return server
}

function watch(url: string): TestViewer {
  const viewer = new TestViewer(url)
  viewers.push(viewer)
  return viewer
}

describe('H5Live over WebSocket', () => {
  it('sends info, then the initialisation segment, then the cached group at once', async () => {
    const { publish, websocket } = await start()
    feedFrames(await publish(NAME), 45)
    const query = `stream=${NAME}&url=${encodeURIComponent(PLAY_URL)}&cid=123456&pid=12345678901&x=y`
    const viewer = watch(websocket(query))
    await viewer.until(({ media }) => media.length === 16)
    const kinds = viewer.received.map((one) => (Buffer.isBuffer(one) ? 'media' : one.type))
    expect(kinds.slice(0, 4)).toEqual(['serverInfo', 'streamInfo', 'status', 'media'])
    expect(viewer.texts[1]).toMatchObject({
      type: 'streamInfo',
      data: {
        rtmp: { url: PLAY_URL, streamname: NAME },
        haveAudio: true,
        haveVideo: true,
        audioInfo: { bitsPerSample: 16, sampleRate: 48_000, channels: 2 },
        videoInfo: { width: 1280, height: 720, frameRate: null },
        mimeType: 'video/mp4; codecs="avc1.42c01f,mp4a.40.2"',
      },
    })
    expect(viewer.statuses).toMatchObject([{ status: 'playing' }])
    expect(boxesOf(viewer.media[0]!).map((box) => box.type)).toEqual(['ftyp', 'moov'])
    const fragments = viewer.media.slice(1).map(readFragment)
    expect(fragments[0]?.tracks[0]?.samples[0]?.key).toBe(true)
    expect(fragments.map((one) => one.sequence)).toEqual(
      Array.from({ length: 15 }, (_, i) => 31 + i),
    )
  })

  it.each(['/h5live/stream.mp4', '/h5live/stream/stream.mp4', '/h5live/stream'])(
    'is served at %s',
    async (path) => {
      const { delivery, publish } = await start()
      feedFrames(await publish(NAME), 1)
      const viewer = watch(`ws://127.0.0.1:${delivery.port}${path}?stream=${NAME}`)
      await viewer.until(({ media }) => media.length === 2)
    },
  )

  it('carries fragments of every length form of the WebSocket header', async () => {
    const { publish, websocket } = await start()
    const publication = await publish(NAME)
    feedFrames(publication, 1, { bytes: 10 })
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.until(({ media }) => media.length === 2)
    const sizes = [10, 70, 65_000, 65_536, 300_000]
    for (const [index, bytes] of sizes.entries()) {
      feedFrames(publication, 1, { from: 1 + index, bytes })
    }
    await viewer.until(({ media }) => media.length === 2 + sizes.length)
    const sent = viewer.media
      .slice(2)
      .map((media) => readFragment(media).tracks[0]?.samples[0]?.size)
    expect(sent).toEqual(sizes)
  })

  it.each([
    ['stream missing', '', 4400],
    ['stream empty', 'stream=', 4400],
    ['stream malformed', 'stream=../../x', 4400],
    ['stream twice', `stream=${NAME}&stream=${NAME}`, 4400],
    ['url of another host', `stream=${NAME}&url=rtmp%3A%2F%2F192.0.2.1%2Fplay`, 4400],
    ['url of another scheme', `stream=${NAME}&url=http%3A%2F%2Flocalhost%2Fplay`, 4400],
    ['cid not a number', `stream=${NAME}&cid=abc`, 4400],
    ['unknown stream', 'stream=AAAAA-00000', 2001],
    ['deleted stream', 'stream=AAAAA-DDDDD', 2001],
    ['stream that was never live', 'stream=AAAAA-CCCCC', 2001],
    ['stream that has ended', 'stream=AAAAA-EEEEE', 2001],
    ['locked stream', 'stream=AAAAA-LLLLL', 4403],
  ])('answers a bad request at once, without a timer: %s', async (_title, query, code) => {
    const { publish, websocket, directory } = await start({ limits: NO_TIMERS })
    feedFrames(await publish(NAME), 1)
    directory.add('AAAAA-CCCCC', 'created')
    directory.add('AAAAA-DDDDD', 'deleted')
    directory.add('AAAAA-EEEEE', 'ended')
    directory.add('AAAAA-LLLLL', 'locked')
    const viewer = watch(websocket(query))
    await viewer.untilClosed()
    expect(viewer.texts.map((text) => text.type)).toEqual(['serverInfo', 'status'])
    expect(viewer.statuses[0]).toMatchObject({ status: 'error', code })
    expect(viewer.closed?.code).toBe(code === 2001 ? 4404 : code)
    expect(viewer.media).toEqual([])
  })

  it('answers other paths with 404', async () => {
    const { delivery } = await start()
    const socket = new WebSocket(`ws://127.0.0.1:${delivery.port}/elsewhere?stream=${NAME}`)
    const message = await new Promise<string>((resolve) => {
      socket.on('error', (error) => resolve(error.message))
    })
    expect(message).toContain('404')
  })

  it('starts a viewer that was there before the first media', async () => {
    const { publish, websocket } = await start()
    const publication = await publish(NAME)
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.until(({ texts }) => texts.length === 1)
    feedFrames(publication, 2)
    await viewer.until(({ media }) => media.length === 3)
    expect(viewer.texts.map((text) => text.type)).toEqual(['serverInfo', 'streamInfo', 'status'])
  })

  it('gives up on a live stream that has no media', async () => {
    const { publish, websocket } = await start({ limits: { mediaWaitMs: 500 } })
    await publish(NAME)
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.untilClosed()
    expect(viewer.statuses).toMatchObject([{ status: 'error', code: 2003 }])
    expect(viewer.closed?.code).toBe(4404)
  })

  it.each([
    ['stop', 'stopped'],
    ['lock', 'locked'],
    ['delete', 'deleted'],
  ] as const)('tells the end on %s, and closes cleanly', async (command, reason) => {
    const { publish, websocket, directory } = await start({ limits: NO_TIMERS })
    feedFrames(await publish(NAME), 1)
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.until(({ media }) => media.length === 2)
    directory.command(NAME, command)
    await viewer.untilClosed()
    expect(viewer.statuses.at(-1)).toMatchObject({ status: 'ended', reason, code: 2004 })
    expect(viewer.closed).toEqual({ code: 1000, reason })
  })

  it('keeps viewers through a republish, with a declared discontinuity and no gap', async () => {
    const { publish, websocket } = await start()
    const first = await publish(NAME)
    feedFrames(first, 5)
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.until(({ media }) => media.length === 6)
    first.end('disconnected')
    feedFrames(await publish(NAME), 5)
    await viewer.until(({ media }) => media.length === 11)
    expect(viewer.statuses.at(-1)).toMatchObject({
      status: 'discontinuity',
      reason: 'republished',
      init: false,
      sequence: 6,
    })
    const fragments = viewer.media.slice(1).map(readFragment)
    expect(fragments.map((one) => one.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const video = fragments.map((one) => one.tracks[0]!)
    for (let index = 1; index < video.length; index++) {
      const before = video[index - 1]!
      expect(video[index]!.decodeTime).toBe(before.decodeTime + before.samples[0]!.duration)
    }
  })

  it('passes metadata on', async () => {
    const { publish, websocket } = await start()
    const publication = await publish(NAME)
    publication.metadata({ handler: 'onMetaData', value: { framerate: 30 }, dts: 0 })
    feedFrames(publication, 1)
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.until(({ media }) => media.length === 2)
    publication.metadata({ handler: 'onCuePoint', value: { name: 'goal' }, dts: 0 })
    await viewer.until(({ texts }) => texts.at(-1)?.type === 'metadata')
    expect(viewer.texts[1]).toMatchObject({ data: { videoInfo: { frameRate: 30 } } })
    expect(viewer.texts.at(-1)?.data).toMatchObject({
      handlerName: 'onCuePoint',
      message: { name: 'goal' },
    })
  })

  it('refuses viewers above its limit', async () => {
    const { publish, websocket } = await start({ limits: { maxViewers: 1 } })
    feedFrames(await publish(NAME), 1)
    const first = watch(websocket(`stream=${NAME}`))
    await first.until(({ media }) => media.length === 2)
    const second = watch(websocket(`stream=${NAME}`))
    await second.untilClosed()
    expect(second.closed?.code).toBe(4503)
    expect(first.closed).toBeUndefined()
  })

  it('ends a viewer that talks too much, or too long', async () => {
    const { publish, websocket } = await start({ limits: { maxIncoming: 10 } })
    feedFrames(await publish(NAME), 1)
    const talkative = watch(websocket(`stream=${NAME}`))
    await talkative.until(({ media }) => media.length === 2)
    for (let index = 0; index < 11; index++) talkative.socket.send('x')
    await talkative.untilClosed()
    expect(talkative.statuses.at(-1)).toMatchObject({ status: 'error', code: 4108 })
    expect(talkative.closed?.code).toBe(1008)
    const long = watch(websocket(`stream=${NAME}`))
    await long.until(({ media }) => media.length === 2)
    long.socket.send(Buffer.alloc(2000))
    await long.untilClosed()
    expect(long.closed?.code).toBe(1009)
  })

  it('disconnects a viewer that answers no ping', async () => {
    // Far more than two looks at the deadlines, so that a late one takes nobody for dead.
    const limits = { pingIntervalMs: 100, idleMs: 5_000 }
    const { publish, websocket, delivery } = await start({ limits })
    feedFrames(await publish(NAME), 1)
    const healthy = watch(websocket(`stream=${NAME}`))
    const mute = new WebSocket(websocket(`stream=${NAME}`), { autoPong: false })
    await new Promise((resolve) => mute.on('close', resolve))
    await healthy.until(({ media }) => media.length === 2)
    expect(healthy.closed).toBeUndefined()
    await expect.poll(() => delivery.viewers()).toBe(1)
  })

  it('cuts a request head that never ends', async () => {
    const { delivery } = await start({ limits: { requestHeadMs: 500 } })
    const socket = connect(delivery.port, '127.0.0.1')
    socket.write('GET /h5live/stream.mp4 HTTP/1.1\r\n')
    socket.on('error', () => {})
    await new Promise((resolve) => socket.on('close', resolve))
    const silent = connect(delivery.port, '127.0.0.1')
    silent.on('error', () => {})
    await new Promise((resolve) => silent.resume().on('close', resolve))
    expect(delivery.viewers()).toBe(0)
  })

  it('tells viewers of its own shutdown', async () => {
    const { publish, websocket, delivery } = await start()
    feedFrames(await publish(NAME), 1)
    const viewer = watch(websocket(`stream=${NAME}`))
    await viewer.until(({ media }) => media.length === 2)
    await delivery.close()
    await viewer.untilClosed()
    expect(viewer.statuses.at(-1)).toMatchObject({ status: 'ended', reason: 'shutdown' })
    expect(viewer.closed?.code).toBe(1001)
  })
})
