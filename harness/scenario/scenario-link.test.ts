import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nowMs } from '../measure/clock.ts'
import { ScenarioLink } from './scenario-link.ts'

let server: Server
let link: ScenarioLink
const sockets: Socket[] = []

beforeEach(async () => {
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  link = new ScenarioLink(
    {
      schema: 'liveproof/link@1',
      id: 'narrow',
      summary: 'A link.',
      up: { delayMs: 5, rateKbps: 4_000 },
    },
    11,
  )
})

afterEach(async () => {
  await link.close()
  for (const socket of sockets.splice(0)) socket.destroy()
  server.close()
})

/** Connects through the link and waits for an echo. */
async function talk(scheme: string): Promise<Socket> {
  const { port } = server.address() as AddressInfo
  const { hostname, port: linked } = new URL(await link.through(`${scheme}://127.0.0.1:${port}/a`))
  const socket = connect({ host: hostname, port: Number(linked) })
  sockets.push(socket)
  socket.on('error', () => {})
  socket.write('hello')
  await once(socket, 'data')
  return socket
}

test('what a scenario did to a link is told in the time of the scenario', async () => {
  const startedAt = nowMs() - 1_000
  await talk('rtmp')
  const before = nowMs() - startedAt
  await link.blackout(40)
  link.set({ up: { rateKbps: 500 } })
  link.halfOpen(true)
  link.halfOpen(false)
  link.reset()
  const span = { startedAt, until: nowMs() }
  const { links, series } = link.record('narrow', span)

  expect(links).toHaveLength(1)
  const [told] = links as [(typeof links)[0]]
  expect(told).toMatchObject({
    name: 'narrow',
    preset: 'narrow',
    seed: 11,
    protocol: 'tcp',
    role: 'ingest',
    state: { up: '4 Mbit/s, 5 ms', down: 'nothing impaired' },
  })
  expect(told.from).toBeGreaterThanOrEqual(1_000)
  expect(told.up.offered).toBeGreaterThan(0)
  expect(told.up.delay.p50).toBeGreaterThanOrEqual(5)
  expect(told.bands.map(({ kind, way, origin }) => [kind, way, origin])).toEqual([
    ['blackout', 'both', 'scenario'],
    ['rate', 'up', 'scenario'],
    ['half-open', 'both', 'scenario'],
  ])
  const [dark, rate] = told.bands
  expect(dark?.from).toBeGreaterThanOrEqual(before)
  expect(dark!.to - dark!.from).toBeGreaterThanOrEqual(40)
  expect(dark!.to).toBeLessThanOrEqual(rate!.from)
  expect([rate?.label, rate?.to]).toEqual(['500 kbit/s', span.until - startedAt])
  expect(series.find(({ kind }) => kind === 'rate')?.points.at(-1)).toEqual([
    expect.closeTo(span.until - startedAt, 3),
    500,
  ])
  expect(link.marks('narrow', span)).toMatchObject([{ kind: 'reset', of: 'narrow' }])
})

test('a rebinding and a reset are told at the link that they happened to', async () => {
  const { port } = server.address() as AddressInfo
  const span = { startedAt: nowMs() - 1_000, until: nowMs() + 1_000 }
  const marks = () => link.marks('narrow', span).map(({ kind, of }) => [kind, of])
  await link.through(`srt://127.0.0.1:${port}`)
  const before = nowMs() - span.startedAt
  link.rebind()
  expect(marks()).toEqual([['rebind', 'narrow']])
  expect(link.marks('narrow', span)[0]?.at).toBeGreaterThanOrEqual(before)
  // Nothing over TCP was there to be reset; later there is, and names tell both apart.
  link.reset()
  expect(marks()).toEqual([['rebind', 'narrow']])
  await talk('rtmp')
  link.reset()
  expect(marks()).toEqual([
    ['rebind', 'narrow udp'],
    ['reset', 'narrow tcp'],
  ])
})

test('its role is what went through it', async () => {
  const span = { startedAt: nowMs(), until: nowMs() }
  const role = () => link.record('narrow', span).links[0]?.role
  expect(role()).toBeUndefined()
  await talk('ws')
  expect(role()).toBe('delivery')
  await talk('rtmp')
  expect(role()).toBe('both')
})

test('a blackout alone draws no line of rates', async () => {
  const startedAt = nowMs()
  await talk('rtmp')
  await link.blackout(10)
  const { series } = link.record('narrow', { startedAt, until: nowMs() })
  expect(series.filter(({ kind }) => kind === 'rate')).toEqual([])
})
