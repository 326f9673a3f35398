import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type RtmpRelay, startRtmpRelay } from './rtmp-relay.ts'

const HOST = '127.0.0.1'
const WAIT = { timeout: 5_000 }
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Sends back what it gets, and keeps its connections. */
async function echo(): Promise<{ server: Server; sockets: Set<Socket>; port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.pipe(socket)
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { server, sockets, port: (server.address() as AddressInfo).port }
}

async function relayTo(port: () => number | undefined): Promise<RtmpRelay> {
  const origin = () => {
    const known = port()
    return known === undefined ? undefined : { host: HOST, port: known }
  }
  const relay = await startRtmpRelay({ host: HOST, origin })
  closers.push(() => relay.close())
  return relay
}

function publisher(relay: RtmpRelay): Socket {
  const socket = connect(relay.port, HOST)
  socket.on('error', () => {})
  closers.push(() => socket.destroy())
  return socket
}

async function gone(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close', { signal: AbortSignal.timeout(WAIT.timeout) })
}

test('bytes pass in both directions, whole and in order', async () => {
  const { port } = await echo()
  const relay = await relayTo(() => port)
  const socket = publisher(relay)
  const sent = Buffer.alloc(300_000, 'a publisher sends what it likes; ')
  socket.write(sent)
  const got: Buffer[] = []
  let bytes = 0
  for await (const part of socket as AsyncIterable<Buffer>) {
    got.push(part)
    bytes += part.length
    if (bytes >= sent.length) break
  }
  expect(Buffer.concat(got).equals(sent)).toBe(true)
})

test('a publisher that leaves is gone at the origin too', async () => {
  const { port, sockets } = await echo()
  const relay = await relayTo(() => port)
  const socket = publisher(relay)
  await expect.poll(() => [relay.publishers(), sockets.size], WAIT).toEqual([1, 1])
  socket.destroy()
  await expect.poll(() => [relay.publishers(), sockets.size], WAIT).toEqual([0, 0])
})

test('a publisher whom the origin drops is dropped at the edge', async () => {
  const { port, sockets } = await echo()
  const relay = await relayTo(() => port)
  const socket = publisher(relay)
  await expect.poll(() => sockets.size, WAIT).toBe(1)
  for (const onward of sockets) onward.destroy()
  await gone(socket)
  await expect.poll(() => relay.publishers(), WAIT).toBe(0)
})

test('publishers are turned away while the origin is unknown, or does not answer', async () => {
  const { server, port } = await echo()
  let known: number | undefined
  const relay = await relayTo(() => known)
  await gone(publisher(relay))
  await new Promise((resolve) => server.close(resolve))
  known = port
  await gone(publisher(relay))
  await expect.poll(() => relay.publishers(), WAIT).toBe(0)
})
