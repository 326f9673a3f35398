import type { ServerResponse } from 'node:http'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import type { ViewerFormat, ViewerRouter } from '../../load/engine.ts'
import { nowMs } from '../../measure/clock.ts'
import { stampedAccessUnit, testFragment } from '../test-fragments.ts'
import { makeFragmentedMp4 } from '../test-media.ts'
import { startTestServer } from '../test-server.ts'
import { Crowd } from './crowd.ts'
import { FiguresSum } from './crowd-figures.ts'
import type { TakenTally } from './tally.ts'

let init: Buffer
const closers: (() => unknown)[] = []

beforeAll(async () => {
  const film = await makeFragmentedMp4({ video: '360p30', duration: 0.2 })
  init = film.subarray(0, film.indexOf('moof') - 4)
}, 30_000)

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A picture that was composed just now. */
function picture(frame: number, key = frame === 0): Buffer {
  const data = stampedAccessUnit({ frame, timeUs: Math.round(nowMs() * 1000), key })
  return testFragment(frame + 1, [
    { id: 1, baseDecodeTime: frame * 512, samples: [{ duration: 512, key, data }] },
  ])
}

/** `count` viewers of one address, and what they saw as soon as `done` says so. */
async function watch(
  url: string,
  done: (figures: ReturnType<FiguresSum['figures']>) => boolean,
  options: { count?: number; format?: ViewerFormat; router?: ViewerRouter; stayMs?: number } = {},
) {
  const { count = 1, format = 'h5live', router, stayMs = null } = options
  const kind = { format, urls: [url], readRate: null, ...(router ? { router } : {}) }
  const crowd = new Crowd({ seed: 1, kinds: [kind], stayMs })
  const at = nowMs()
  crowd.expect(Array.from({ length: count }, () => ({ at, kind: 0, url: 0 })))
  const ticking = setInterval(() => crowd.tick(), 2)
  closers.push(() => clearInterval(ticking))
  closers.push(() => crowd.close())
  const sum = new FiguresSum()
  const taken: TakenTally[] = []
  await expect
    .poll(
      () => {
        const [tally] = crowd.take()
        taken.push(tally!)
        sum.add([tally!])
        return done(sum.figures())
      },
      { timeout: 8_000, interval: 5 },
    )
    .toBe(true)
  return sum.figures()
}

async function serve(handlers: Parameters<typeof startTestServer>[0]) {
  const server = await startTestServer(handlers)
  closers.push(() => server.close())
  return server
}

describe('a crowd', () => {
  it('counts every frame of every viewer, those that are missing, and those that come again', async () => {
    const { ws } = await serve({
      socket(socket) {
        socket.send(JSON.stringify({ type: 'serverInfo' }))
        socket.send(init)
        socket.ping()
        // Only what is composed after the init segment was there has a latency.
        socket.once('pong', () => {
          const again = picture(5)
          for (const frame of [0, 1, 2]) socket.send(picture(frame))
          for (const bytes of [again, again, picture(6)]) socket.send(bytes)
        })
      },
    })
    const figures = await watch(ws, ({ frames }) => frames >= 60, { count: 10 })
    expect(figures).toMatchObject({ frames: 60, lost: 20, repeated: 10, unstamped: 0 })
    expect(figures.viewers).toEqual({ arrived: 10, playing: 10, failed: {}, dropped: {} })
    expect(figures.startup.keyFrame.count).toBe(10)
    expect(figures.latency.count).toBe(50)
    expect(figures.latency.negative).toBe(0)
  })

  it('replaces those that leave, who stay for as long as was asked for on the average', async () => {
    const { ws } = await serve({
      socket(socket) {
        socket.send(JSON.stringify({ type: 'serverInfo' }))
        socket.send(init)
        socket.send(picture(0))
      },
    })
    const [count, stayMs] = [50, 400]
    const began = nowMs()
    const { viewers } = await watch(ws, () => nowMs() - began > 5 * stayMs, { count, stayMs })
    const generations = (nowMs() - began) / stayMs
    // A busy machine replaces them later, never sooner. Their number is Poisson's: ±5 σ.
    const most = count * (1 + generations) + 5 * Math.sqrt(count * generations)
    expect(viewers.arrived).toBeLessThan(most)
    expect(viewers.arrived).toBeGreaterThan(2 * count)
    expect(viewers.failed).toEqual({})
  })

  it('reads progressive MP4 and ends with its answer', async () => {
    const { http } = await serve({
      http(_, response: ServerResponse) {
        response.write(init)
        for (let frame = 0; frame < 5; frame++) response.write(picture(frame))
        response.end()
      },
    })
    const figures = await watch(http, ({ viewers }) => 'the answer ended' in viewers.dropped, {
      format: 'progressive',
    })
    expect(figures).toMatchObject({ frames: 5, lost: 0 })
    expect(figures.viewers.playing).toBe(0)
  })

  it('answers pings with what they hold', async () => {
    const pong = Promise.withResolvers<string>()
    const { ws } = await serve({
      socket(socket: WebSocket) {
        socket.on('pong', (data) => pong.resolve(data.toString()))
        socket.ping('still there?')
      },
    })
    await watch(ws, ({ viewers }) => viewers.arrived === 1)
    expect(await pong.promise).toBe('still there?')
  })

  it('tells refusals, ends and noise apart', async () => {
    const refused = await serve({ http: (_, response) => response.writeHead(503).end() })
    const gone = ({ viewers }: ReturnType<FiguresSum['figures']>) =>
      Object.keys({ ...viewers.failed, ...viewers.dropped }).length > 0
    const { viewers } = await watch(refused.http, gone, { format: 'progressive' })
    expect(viewers.failed).toEqual({ 'HTTP 503': 1 })
    const forbidden = await watch((await serve({})).ws, gone)
    expect(forbidden.viewers.failed).toEqual({ 'HTTP 403': 1 })
    const ended = await serve({
      socket(socket) {
        socket.send(init)
        socket.send(picture(0))
        socket.close(1000, 'unpublished')
      },
    })
    const dropped = await watch(ended.ws, gone)
    expect(dropped.viewers.dropped).toEqual({ 'closed with 1000 unpublished': 1 })
    const noise = await serve({ socket: (socket) => socket.send(Buffer.alloc(64, 0xff)) })
    const unreadable = await watch(noise.ws, gone)
    expect(Object.keys(unreadable.viewers.failed)[0]).toMatch(/^unreadable: /)
  })

  it('asks for another server when it has lost its own, until it is given one', async () => {
    const first = await serve({
      socket(socket) {
        socket.send(init)
        socket.send(picture(0))
        socket.close(1001, 'going away')
      },
    })
    const second = await serve({
      socket(socket) {
        socket.send(init)
        socket.send(picture(9, true))
      },
    })
    let asked = 0
    const answer = (websocket: string) => {
      const rtmp = { url: 'rtmp://127.0.0.1/play', streamname: 'aaaaa-00001' }
      return { playout: { h5live: [{ rtmp, server: { websocket, progressive: second.http } }] } }
    }
    const api = await serve({
      http(request, response) {
        asked += 1
        expect(request.headers['x-bintu-apikey']).toBeUndefined()
        expect(request.socket.remoteAddress).toBe('127.2.0.1')
        if (asked > 1) response.end(JSON.stringify(answer(second.ws)))
        else response.writeHead(500).end()
      },
    })
    const { viewers, returned, startup, lost } = await watch(
      first.ws,
      (figures) => figures.returned?.count === 1,
      { router: { url: `${api.http}stream/x`, client: '127.2.0.1' } },
    )
    expect(asked).toBe(2)
    expect(viewers).toEqual({
      arrived: 2,
      playing: 1,
      failed: {},
      dropped: { 'closed with 1001 going away': 1 },
    })
    // The first wait, and the second, longer one after an answer that was none.
    expect(returned!.max).toBeGreaterThan(4_000)
    expect(startup.keyFrame.count).toBe(1)
    expect(lost).toBe(0)
  }, 20_000)

  it('counts a viewer that cannot connect', async () => {
    const server = await startTestServer({})
    await server.close()
    const { viewers } = await watch(server.ws, ({ viewers: v }) => 'ECONNREFUSED' in v.failed)
    expect(viewers.playing).toBe(0)
  })
})
