import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { MAX_RELAYED_SENDERS } from './limits.ts'
import { startUdpRelay, type UdpRelay } from './udp-relay.ts'

const HOST = '127.0.0.1'
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(): Promise<Socket> {
  const socket = createSocket('udp4')
  closers.push(() => socket.close())
  socket.bind(0, HOST)
  await once(socket, 'listening')
  return socket
}

/** Answers each datagram with the port that it came from. */
async function echo(): Promise<Socket> {
  const socket = await open()
  socket.on('message', (bytes, { port }) => socket.send(`${bytes} from ${port}`, port, HOST))
  return socket
}

/** `asked`: how often the relay wanted to know where the origin is. */
interface Target {
  socket: Socket | undefined
  asked: number
}

async function relayTo(target: Target): Promise<UdpRelay> {
  const relay = await startUdpRelay({
    host: HOST,
    origin: () => {
      target.asked += 1
      return target.socket && { host: HOST, port: target.socket.address().port }
    },
  })
  closers.push(() => relay.close())
  return relay
}

async function ask(socket: Socket, relay: UdpRelay, text: string): Promise<string> {
  const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) })
  socket.send(text, relay.port, HOST)
  return String((await answer)[0])
}

test('each sender is known to the origin by a port of its own, and gets its own answers', async () => {
  const relay = await relayTo({ socket: await echo(), asked: 0 })
  const [a, b] = [await open(), await open()]
  const first = await ask(a, relay, 'a')
  const other = await ask(b, relay, 'b')
  expect(first).toMatch(/^a from \d+$/)
  expect(other).toMatch(/^b from \d+$/)
  expect(first.slice(1)).not.toBe(other.slice(1))
  expect(await ask(a, relay, 'a')).toBe(first)
  expect(relay.senders()).toBe(2)
})

test('an origin that was started at another port is reached there, and none drops datagrams', async () => {
  const target: Target = { socket: undefined, asked: 0 }
  const relay = await relayTo(target)
  const sender = await open()
  sender.send('lost', relay.port, HOST)
  await expect.poll(() => target.asked).toBe(1)
  target.socket = await echo()
  const first = await ask(sender, relay, 'x')
  expect(first).toMatch(/^x from/)
  target.socket = await echo()
  expect(await ask(sender, relay, 'x')).toMatch(/^x from/)
  expect(relay.senders()).toBe(1)
})

test('forged addresses cannot hold more than the limit, and not for long', {
  timeout: 20_000,
}, async () => {
  const silent = await open()
  let heard = 0
  silent.on('message', () => heard++)
  const relay = await relayTo({ socket: silent, asked: 0 })
  const flood: Socket[] = []
  for (let index = 0; index < MAX_RELAYED_SENDERS + 20; index++) flood.push(await open())
  for (const socket of flood) socket.send('?', relay.port, HOST)
  await expect.poll(() => heard, { timeout: 5_000 }).toBe(MAX_RELAYED_SENDERS)
  expect(relay.senders()).toBe(MAX_RELAYED_SENDERS)
  await expect.poll(() => relay.senders(), { timeout: 10_000 }).toBe(0)
})
