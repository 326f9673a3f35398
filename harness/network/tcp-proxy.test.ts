import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Link } from './link.ts'
import type { LinkFile } from './link-spec.ts'
import { checkLink } from './load-link.ts'
import { openLink } from './open-link.ts'
import { replay } from './replay.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const fileOf = (up: LinkFile['up'], down: LinkFile['down']): LinkFile => ({
  schema: 'liveproof/link@1',
  id: 't',
  summary: 'T.',
  up,
  down,
})

async function linkTo(
  port: number,
  up: LinkFile['up'] = {},
  down: LinkFile['down'] = {},
): Promise<Link> {
  const link = await openLink({
    spec: fileOf(up, down),
    seed: 1,
    to: { host: '127.0.0.1', port },
    protocol: 'tcp',
  })
  closers.push(() => link.close())
  return link
}

async function dial(link: Link): Promise<Socket> {
  const socket = connect({ ...link.address, allowHalfOpen: true, noDelay: true })
  socket.on('error', () => {})
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

const closedOf = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))
const echo = () => serve((socket) => socket.pipe(socket))
const within = () => ({ signal: AbortSignal.timeout(15_000) })

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test.each<[string, LinkFile['up']]>([
  ['that does nothing', {}],
  ['with delay and a rate', { delayMs: 10, rateKbps: 50_000 }],
  [
    'that loses, repeats and swaps',
    {
      delayMs: 5,
      loss: [{ kind: 'bernoulli', p: 0.02 }],
      duplicate: { p: 0.02 },
      reorder: { p: 0.02, byMs: 5 },
      corrupt: { p: 0.01 },
    },
  ],
])('bytes and the end of the stream come through a link %s', async (_, settings) => {
  const link = await linkTo(await echo(), settings, settings)
  const client = await dial(link)
  const sent = randomBytes(400_000)
  const answer = readAll(client)
  client.end(sent)
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  expect(hash(await answer)).toBe(hash(sent))
  await expect.poll(() => link.stats().ends).toEqual({ closed: 1 })
})

test('the first byte takes a handshake and a delay', async () => {
  const link = await linkTo(await echo(), { delayMs: 25 }, { delayMs: 25 })
  // The link may see the connection before the client hears that it stands.
  const before = performance.now()
  const client = await dial(link)
  client.write('x')
  await once(client, 'data', within())
  // SYN, SYN-ACK, the byte, its echo: two round trips of 50 ms.
  expect(performance.now() - before).toBeGreaterThanOrEqual(99)
  const again = performance.now()
  client.write('y')
  await once(client, 'data', within())
  expect(performance.now() - again).toBeGreaterThanOrEqual(49.9)
})

test('a rate holds the writer back', async () => {
  const arrived = { bytes: 0 }
  const port = await serve((socket) =>
    socket.on('data', (chunk) => (arrived.bytes += chunk.length)),
  )
  const link = await linkTo(port, { rateKbps: 4_000, delayMs: 5 }, { delayMs: 5 })
  const client = await dial(link)
  const started = performance.now()
  client.write(Buffer.alloc(500_000))
  await expect.poll(() => arrived.bytes).toBe(500_000)
  // 500,000 bytes in segments of 1448 with 52 in front, at 500 bytes a ms
  expect(performance.now() - started).toBeGreaterThan((500_000 * (1500 / 1448)) / 500)
  expect(link.stats().up.maxDepthBytes).toBeLessThanOrEqual(100_000)
})

test('a reader that does not read holds the writer back, too', async () => {
  const sockets: Socket[] = []
  const port = await serve((socket) => {
    socket.pause()
    sockets.push(socket)
  })
  const link = await linkTo(port, { delayMs: 2 }, { delayMs: 2 })
  const client = await dial(link)
  const bytes = 64 * 2 ** 20
  client.write(Buffer.alloc(bytes))
  let before = -1
  await expect
    .poll(
      () => {
        const now = client.writableLength
        const still = now === before && sockets.length === 1
        before = now
        return still && now
      },
      { interval: 300 },
    )
    .toBeGreaterThan(2 ** 20)
  let got = 0
  sockets[0]!.on('data', (chunk) => (got += chunk.length)).resume()
  await expect.poll(() => got, { timeout: 15_000 }).toBe(bytes)
})

test('a blackout stalls, and the stream goes on afterwards', async () => {
  const link = await linkTo(await echo(), { delayMs: 2 }, { delayMs: 2 })
  const client = await dial(link)
  client.write('a')
  await once(client, 'data', within())
  link.set({ both: { blackout: true } })
  client.write('b')
  await expect.poll(() => link.stats().up.dropped.blackout ?? 0).toBeGreaterThan(0)
  const came = once(client, 'data', within())
  const before = performance.now()
  await link.blackout(400)
  await came
  expect(performance.now() - before).toBeGreaterThan(400)
})

test('a reset by the link reaches both sides', async () => {
  const errors: string[] = []
  const closed = Promise.withResolvers<void>()
  const port = await serve((socket) => {
    socket.write('x')
    socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''))
    socket.on('close', () => closed.resolve())
  })
  const link = await linkTo(port)
  const client = await dial(link)
  client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''))
  await once(client, 'data', within())
  link.reset()
  await Promise.all([closed.promise, closedOf(client)])
  expect(errors).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(link.stats().ends).toEqual({ 'reset by link': 1 })
})

test('while half-open nothing passes and nobody is told; a new connection works', async () => {
  const seen: string[] = []
  const port = await serve((socket) => {
    socket.on('data', (data) => seen.push(data.toString()))
    socket.on('end', () => seen.push('end'))
  })
  const link = await linkTo(port, { delayMs: 1 }, { delayMs: 1 })
  const old = await dial(link)
  old.write('before')
  await expect.poll(() => seen).toEqual(['before'])
  link.halfOpen(true)
  old.end('lost')
  const fresh = await dial(link)
  fresh.write('fresh')
  await expect.poll(() => seen).toEqual(['before', 'fresh'])
  expect(link.stats().open).toBe(2)
  expect(link.stats().up.dropped['half-open']).toBeGreaterThan(0)
})

test('a client that resets is a reset for the server', async () => {
  const ended = Promise.withResolvers<string>()
  const port = await serve((socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => ended.resolve(error.code ?? ''))
    socket.write('x')
  })
  const link = await linkTo(port, { delayMs: 5 }, { delayMs: 5 })
  const client = await dial(link)
  await once(client, 'data', within())
  client.resetAndDestroy()
  expect(await ended.promise).toBe('ECONNRESET')
  await expect.poll(() => link.stats().ends).toEqual({ 'reset by client': 1 })
})

test('a server that refuses is a reset for the client, a delay later', async () => {
  const gone = createServer()
  gone.listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  const link = await linkTo(port, { delayMs: 10 }, { delayMs: 10 })
  const before = performance.now()
  const client = await dial(link)
  await closedOf(client)
  expect(performance.now() - before).toBeGreaterThanOrEqual(15)
  expect(link.stats().ends).toEqual({ refused: 1 })
})

test('the log of a real connection can be replayed', async () => {
  const settings: LinkFile['up'] = {
    delayMs: 3,
    jitter: { kind: 'uniform', ms: 2 },
    loss: [{ kind: 'bernoulli', p: 0.03 }],
    rateKbps: 20_000,
  }
  const link = await linkTo(await echo(), settings, settings)
  const client = await dial(link)
  const answer = readAll(client)
  client.write(randomBytes(100_000))
  link.set({ up: { delayMs: 8 } })
  client.end(randomBytes(100_000))
  expect(await answer).toHaveLength(200_000)
  await expect.poll(() => link.stats().open).toBe(0)
  const described = checkLink(fileOf(settings, settings))
  for (const name of ['up', 'down'] as const) {
    const log = link.log()[name]
    const again = replay({ link: described, name, seed: 1, protocol: 'tcp', log })
    expect([...again]).toEqual([...log])
    expect(log.length).toBeGreaterThan(100)
  }
})
