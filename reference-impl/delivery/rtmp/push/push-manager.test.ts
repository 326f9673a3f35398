import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { IngestLog } from '../../../ingest/ingest-log.ts'
import { defaultRtmpSeams } from '../../../ingest/rtmp/seams.ts'
import { startRtmpIngest } from '../../../ingest/rtmp/server.ts'
import { RecordingGate } from '../../../ingest/rtmp/testing/recording-gate.ts'
import type { Frame } from '../../../live/frame.ts'
import { Hub } from '../../../live/hub.ts'
import { readClips } from '../../../live/testing/clip.ts'
import { feedFrames } from '../../../live/testing/feed-frames.ts'
import { defaultSeams } from '../../../seams.ts'
import { PushManager } from './push-manager.ts'
import { PushPolicy } from './push-policy.ts'
import { retryMs } from './stream-push.ts'

const NAME = 'ABCDE-12345'
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function manager(urls: Record<string, string | null>) {
  const seams = defaultSeams()
  const hub = new Hub(seams.live)
  const pushes = new PushManager({
    hub,
    policy: new PushPolicy(),
    seams: seams.h5live,
    urlOf: (name) => urls[name] ?? null,
    resolve: async () => ['127.0.0.1'],
  })
  closers.push(() => {
    pushes.close()
    hub.close()
  })
  return { hub, pushes }
}

async function server(gate = new RecordingGate()) {
  const options = { host: '127.0.0.1', port: 0, gate, seams: defaultRtmpSeams() }
  const ingest = await startRtmpIngest({ ...options, log: new IngestLog() })
  closers.push(() => ingest.close())
  return { gate, url: `rtmp://push.test:${ingest.port}/live/FGHIJ-12345?k=v` }
}

/** A server that does to each connection what the test says. */
async function rawServer(serve: (socket: Socket) => void): Promise<string> {
  const listener: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  closers.push(() => listener.close())
  return `rtmp://127.0.0.1:${(listener.address() as AddressInfo).port}/live/key`
}

const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
const state = (pushes: PushManager) => pushes.status(NAME)?.state

describe('A push URL', () => {
  it('gets the tracks and frames of its stream, from its group of pictures on', async () => {
    const { gate, url } = await server()
    const { hub, pushes } = manager({ [NAME]: url })
    const stream = hub.publish(NAME)
    const clip = readClips('360p30', 'aac-48k')
    stream.track(clip.video!)
    stream.track(clip.audio!)
    for (const frame of clip.frames.slice(0, 60)) stream.frame(frame)
    await expect.poll(() => state(pushes)).toBe('pushing')
    for (const frame of clip.frames.slice(60, 100)) stream.frame(frame)
    stream.suspend()
    const sent = (track: string) => clip.frames.slice(0, 100).filter((one) => one.track === track)
    const came = (track: string) =>
      gate.publications[0]!.frames.filter((one) => one.track === track)
    await expect.poll(() => came('audio')).toHaveLength(sent('audio').length)
    expect(gate.publishers).toMatchObject([{ params: { k: 'v' } }])
    const [publication] = gate.publications
    expect(publication?.tracks).toMatchObject([{ codec: 'avc1' }, { codec: 'mp4a' }])
    expect(publication?.metadatas).toMatchObject([{ handler: 'onMetaData' }])
    for (const track of ['video', 'audio']) {
      const bytes = (frames: readonly Frame[]) => frames.map(({ key, data }) => [key, hash(data)])
      expect(bytes(came(track))).toEqual(bytes(sent(track)))
    }

    hub.end(NAME, 'unpublished')
    expect(await publication?.ended).toBe('unpublished')
    expect(pushes.status(NAME)).toBeNull()
  })

  it('may be set, changed and taken away while the stream is live', async () => {
    const [first, second] = [await server(), await server()]
    const { hub, pushes } = manager({})
    const stream = hub.publish(NAME)
    feedFrames(stream, 5)
    expect(pushes.status(NAME)).toBeNull()
    pushes.changed(NAME, first.url)
    await expect.poll(() => state(pushes)).toBe('pushing')
    pushes.changed(NAME, second.url)
    expect(await first.gate.publications[0]?.ended).toBe('unpublished')
    await expect.poll(() => state(pushes)).toBe('pushing')
    pushes.changed(NAME, null)
    expect(await second.gate.publications[0]?.ended).toBe('unpublished')
    expect(pushes.status(NAME)).toBeNull()
    expect(stream.subscribers).toBe(0)
  })

  it.each([
    ['rtmp://192.0.2.1/live/key', 'LP_PUSH_DENIED'],
    ['rtmp://169.254.169.254/latest/meta-data', 'LP_PUSH_DENIED'],
    ['rtmp://user:pass@127.0.0.1/live/key', 'LP_PUSH_URL'],
  ])('%s is denied, once and for all, and nothing of it is told', async (url, code) => {
    const { hub, pushes } = manager({ [NAME]: url })
    hub.publish(NAME)
    await expect.poll(() => state(pushes)).toBe('denied')
    expect(pushes.status(NAME)).toMatchObject({ attempts: 1 })
    expect(pushes.status(NAME)?.error).toContain(code)
    expect(pushes.status(NAME)?.error).not.toContain('192.0.2.1')
  })

  it('is tried again when the other server refuses', async () => {
    const { url } = await server(new RecordingGate({ 'FGHIJ-12345': 'locked' }))
    const { hub, pushes } = manager({ [NAME]: url })
    hub.publish(NAME)
    await expect.poll(() => state(pushes)).toBe('waiting')
    expect(pushes.status(NAME)?.error).toContain('NetStream.Publish.BadName')
    await expect.poll(() => pushes.status(NAME)?.attempts, { timeout: 4000 }).toBe(2)
  })

  it('is tried again when the connection breaks, and gets media again', async () => {
    const { gate, url } = await server()
    const { hub, pushes } = manager({ [NAME]: url })
    const stream = hub.publish(NAME)
    feedFrames(stream, 5)
    await expect.poll(() => state(pushes)).toBe('pushing')
    gate.publications[0]!.revoke('stopped')
    await expect.poll(() => state(pushes)).toBe('waiting')
    await expect.poll(() => state(pushes), { timeout: 4000 }).toBe('pushing')
    await expect.poll(() => gate.publications[1]?.frames.length).toBeGreaterThan(0)
  })

  it.each<[string, (socket: Socket) => void]>([
    ['closes at once', (socket) => socket.destroy()],
    ['speaks another language', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['sends garbage after a handshake', (socket) => socket.write(Buffer.alloc(3073 + 5000, 3))],
  ])('is tried again when the other server %s', async (_what, serve) => {
    const { hub, pushes } = manager({ [NAME]: await rawServer(serve) })
    hub.publish(NAME)
    await expect.poll(() => state(pushes)).toBe('waiting')
    expect(pushes.status(NAME)?.error).toMatch(/\[LP_|connection failed/)
  })
})

describe('Between two attempts', () => {
  it('is twice the time, up to half a minute, spread by a fifth', () => {
    expect([0, 1, 2, 3, 6, 50].map((failures) => retryMs(failures, 0.5))).toEqual([
      1000, 1000, 2000, 4000, 30_000, 30_000,
    ])
    expect(retryMs(1, 0)).toBe(800)
    expect(retryMs(1, 1)).toBeCloseTo(1200, 6)
  })
})
