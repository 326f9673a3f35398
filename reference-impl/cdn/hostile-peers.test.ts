import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { TestViewer } from '../delivery/h5live/testing/test-viewer.ts'
import { defaultSeams } from '../seams.ts'
import { type Edge, startEdge } from './edge.ts'
import { MAX_CONTROL_BYTES, MAX_EDGES } from './limits.ts'
import { PLAY_URL, SECRET, testOrigin } from './testing/test-cdn.ts'
import { testHello } from './testing/test-hello.ts'

const HOST = '127.0.0.1'
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Somebody who knows the secret, at the origin's door. */
async function peer(url: string, path: string): Promise<WebSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, {
    headers: { authorization: `Bearer ${SECRET}` },
  })
  closers.push(() => ws.terminate())
  ws.on('error', () => {})
  await once(ws, 'open')
  return ws
}

const hello = (id: string) => JSON.stringify(testHello(id))

const heartbeat = JSON.stringify({
  type: 'heartbeat',
  viewers: 0,
  streams: [],
  publishers: 0,
  datagrams: 0,
  rssBytes: 0,
  cpuMs: 0,
})

test.each([
  ['what is no JSON', ['{'], 1008],
  ['a heartbeat before any hello', [heartbeat], 1008],
  ['two hellos', [hello('a'), hello('a')], 1008],
  ['an edge of another version', [hello('a').replace('edge@1', 'edge@2')], 1008],
  ['an address that is none', [hello('a').replace('http:', 'file:')], 1008],
  ['a message that is too large', ['x'.repeat(MAX_CONTROL_BYTES + 1)], 1009],
  ['binary where text belongs', [Buffer.from([1])], 1006],
])('the origin closes the door on %s', async (_what, messages, code) => {
  const from = await testOrigin()
  closers.push(() => from.close())
  const ws = await peer(from.url, '/edge')
  const closed = once(ws, 'close')
  for (const message of messages) ws.send(message)
  expect((await closed)[0]).toBe(code)
  await expect.poll(() => from.router.locate('127.1.0.1')).toBeUndefined()
})

test('an origin has no more edges than its limit', async () => {
  const from = await testOrigin()
  closers.push(() => from.close())
  for (let index = 0; index < MAX_EDGES; index++) {
    const ws = await peer(from.url, '/edge')
    const welcome = once(ws, 'message')
    ws.send(hello(`edge-${index}`))
    await welcome
  }
  const ws = await peer(from.url, '/edge')
  const closed = once(ws, 'close')
  ws.send(hello('one-more'))
  expect(String((await closed)[1])).toBe('too many edges')
  expect(from.registry.edges(0)).toHaveLength(MAX_EDGES)
})

/** Says welcome, and answers pulls with what it is told to. */
async function fakeOrigin(answers: readonly (string | Buffer)[]): Promise<Edge> {
  const server = new WebSocketServer({ host: HOST, port: 0 })
  closers.push(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  await once(server, 'listening')
  const place = { host: HOST, port: 9 }
  const ingest = { rtmp: place, srt: place, whip: place, media: place }
  const welcome = { type: 'welcome', generation: 1, playUrl: PLAY_URL, ingest }
  server.on('connection', (ws, { url }) => {
    ws.on('error', () => {})
    if (url === '/edge') ws.send(JSON.stringify(welcome))
    else for (const answer of answers) ws.send(answer)
  })
  const { port } = server.address() as AddressInfo
  const edge = await startEdge({
    origin: `http://${HOST}:${port}`,
    secret: SECRET,
    region: 'eu',
    host: HOST,
    seams: defaultSeams(),
    limits: { originLostMs: 500 },
  })
  closers.push(() => edge.close())
  await edge.welcomed
  return edge
}

const opened = JSON.stringify({ type: 'opened', generation: 1, instance: '1-1' })
const state = JSON.stringify({ type: 'state', publishing: true, frameRate: null })

test.each([
  ['nonsense', ['nonsense']],
  ['media before it said what they are', [Buffer.alloc(40, 2)]],
  ['a record that is none', [opened, state, Buffer.from([9, 9, 9])]],
  ['a fragment without its header', [opened, state, Buffer.from([2, 0, 0, 0])]],
  ['an initialisation segment of no tracks', [opened, Buffer.from('0100000800000000', 'hex')]],
])(
  'an edge outlives an origin that sends %s',
  async (_what, answers) => {
    const edge = await fakeOrigin(answers)
    const query = new URLSearchParams({ url: PLAY_URL, stream: 'aaaaa-00001' })
    const watch = () => {
      const viewer = new TestViewer(`${edge.addresses.websocket}?${query}`)
      closers.push(() => viewer.close())
      return viewer
    }
    for (const viewer of [watch(), watch()]) {
      await viewer.untilClosed(15_000)
      expect(viewer.media).toHaveLength(0)
    }
  },
  40_000,
)
