import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { dropsIn } from './kernel-drops.ts'
import type { Link } from './link.ts'
import type { LinkFile } from './link-spec.ts'
import { openLink } from './open-link.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function socket(): Promise<Socket> {
  const made = createSocket('udp4')
  made.bind(0, '127.0.0.1')
  await once(made, 'listening')
  closers.push(() => made.close())
  return made
}

/** A server that sends back what it gets, and remembers from where. */
async function echo() {
  const server = await socket()
  const sources: number[] = []
  server.on('message', (data, from) => {
    sources.push(from.port)
    server.send(data, from.port, from.address)
  })
  return { port: server.address().port, sources }
}

async function linkTo(
  port: number,
  up: LinkFile['up'] = {},
  down: LinkFile['down'] = {},
): Promise<Link> {
  const link = await openLink({
    spec: { schema: 'liveproof/link@1', id: 't', summary: 'T.', up, down },
    seed: 1,
    to: { host: '127.0.0.1', port },
    protocol: 'udp',
  })
  closers.push(() => link.close())
  return link
}

async function ask(client: Socket, link: Link, text: string): Promise<string> {
  const answer = once(client, 'message', { signal: AbortSignal.timeout(5_000) })
  client.send(text, link.address.port, link.address.host)
  const [data] = (await answer) as [Buffer, RemoteInfo]
  return data.toString()
}

test('every peer gets its own answers, and the server sees one address for each', async () => {
  const server = await echo()
  const link = await linkTo(server.port)
  const [a, b] = [await socket(), await socket()]
  expect(await Promise.all([ask(a, link, 'from a'), ask(b, link, 'from b')])).toEqual([
    'from a',
    'from b',
  ])
  expect(await ask(a, link, 'again')).toBe('again')
  expect(new Set(server.sources).size).toBe(2)
})

test('after a rebind the server sees another port, and answers still arrive', async () => {
  const server = await echo()
  const link = await linkTo(server.port)
  const client = await socket()
  await ask(client, link, 'one')
  link.rebind()
  expect(await ask(client, link, 'two')).toBe('two')
  const [first, second] = server.sources
  expect(second).not.toBe(first)
})

test('delay is added in both directions, and never less than was asked for', async () => {
  const server = await echo()
  const link = await linkTo(server.port, { delayMs: 30 }, { delayMs: 20 })
  const client = await socket()
  const before = performance.now()
  await ask(client, link, 'hello')
  expect(performance.now() - before).toBeGreaterThanOrEqual(50)
  const { up, down } = link.stats()
  expect(up.delay.percentile(50)).toBeCloseTo(30, 1)
  expect(down.delay.percentile(50)).toBeCloseTo(20, 1)
})

test('packets that the link loses do not arrive, the others do', async () => {
  const server = await echo()
  const link = await linkTo(server.port, { loss: [{ kind: 'indices', indices: [0, 2] }] })
  const client = await socket()
  const got: string[] = []
  const done = Promise.withResolvers<void>()
  client.on('message', (data) => {
    got.push(data.toString())
    if (got.length === 2) done.resolve()
  })
  for (const text of ['0', '1', '2', '3']) client.send(text, link.address.port, '127.0.0.1')
  await done.promise
  expect(got).toEqual(['1', '3'])
  expect(link.stats().up.dropped).toEqual({ loss: 2 })
  expect([...link.log().up].map(({ verdict, size }) => [verdict, size])).toEqual([
    ['loss', 29],
    ['delivered', 29],
    ['loss', 29],
    ['delivered', 29],
  ])
})

test('a damaged datagram has one bit flipped', async () => {
  const server = await echo()
  const link = await linkTo(server.port, { corrupt: { p: 1 } })
  const client = await socket()
  const answer = await ask(client, link, 'aaaaaaaa')
  const bits = [...Buffer.from(answer)].map((byte) => byte ^ 0x61).filter((byte) => byte !== 0)
  expect(bits).toHaveLength(1)
  expect(Math.log2(bits[0]!) % 1).toBe(0)
})

test('nobody listening there ends nothing', async () => {
  const gone = createSocket('udp4')
  gone.bind(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address()
  gone.close()
  const link = await linkTo(port)
  const client = await socket()
  for (let i = 0; i < 5; i++) client.send('x', link.address.port, '127.0.0.1')
  await expect.poll(() => link.stats().up.delivered).toBe(5)
  await expect.poll(() => link.stats().sendErrors).toBeGreaterThan(0)
})

test('drops are read from the line of the port', () => {
  const table = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    '  12: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1234 2 00000000 17',
    '  13: 0100007F:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1235 2 00000000 5',
  ].join('\n')
  expect(dropsIn(table, new Set([8080]))).toBe(17)
  expect(dropsIn(table, new Set([8080, 8081]))).toBe(22)
})

test('the same seed drops the same packets again, another seed others', async () => {
  const lost = async (seed: number) => {
    const server = await echo()
    const link = await openLink({
      preset: 'wifi-busy',
      seed,
      to: { host: '127.0.0.1', port: server.port },
      protocol: 'udp',
    })
    closers.push(() => link.close())
    const client = await socket()
    for (let i = 0; i < 600; i++) {
      client.send('x', link.address.port, '127.0.0.1')
      if (i % 20 === 19) await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => link.stats().up.offered).toBe(600)
    return [...link.log().up].flatMap(({ verdict, index }) => (verdict === 'loss' ? [index] : []))
  }
  const first = await lost(5)
  expect(first.length).toBeGreaterThan(0)
  expect(await lost(5)).toEqual(first)
  expect(await lost(6)).not.toEqual(first)
})
