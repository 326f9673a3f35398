import { createHash } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import {
  buildStun,
  parseStun,
  parseXorAddress,
  type SocketAddress,
  StunAttribute,
  StunClass,
  type StunMessage,
  StunMethod,
  type StunValue,
  stunText,
  stunValue,
  xorAddress,
} from '../../wire/stun.ts'
import { TurnServer } from './turn-server.ts'

const TRANSACTION = Buffer.from('0123456789ab')
const UDP = { type: StunAttribute.requestedTransport, value: Buffer.of(17, 0, 0, 0) }
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function udpSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  closers.push(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return socket
}

/** A client with the credentials that the server tells. */
async function client(
  server: TurnServer,
  user: { username?: string; credential?: string } | undefined = server.iceServers[1],
) {
  const socket = await udpSocket()
  const turn = user
  let nonce = ''
  const send = (bytes: Uint8Array) => socket.send(bytes, server.port, '127.0.0.1')
  const next = async () => {
    const [bytes] = (await once(socket, 'message', { signal: AbortSignal.timeout(2_000) })) as [
      Buffer,
    ]
    return bytes
  }
  const ask = async (method: number, attributes: readonly StunValue[]): Promise<StunMessage> => {
    const realm = 'liveproof'
    const secret = `${turn?.username}:${realm}:${turn?.credential}`
    const answer = next()
    send(
      buildStun({
        method,
        class: StunClass.request,
        transaction: TRANSACTION,
        attributes: [
          { type: StunAttribute.username, value: Buffer.from(turn?.username ?? '') },
          { type: StunAttribute.realm, value: Buffer.from(realm) },
          { type: StunAttribute.nonce, value: Buffer.from(nonce) },
          ...attributes,
        ],
        key: createHash('md5').update(secret).digest(),
      }),
    )
    const message = parseStun(await answer)
    nonce = stunText(message, StunAttribute.nonce) ?? nonce
    return message
  }
  return { socket, send, next, ask }
}

function codeOf(message: StunMessage): number {
  const value = stunValue(message, StunAttribute.errorCode)
  return value === undefined ? 0 : (value[2] ?? 0) * 100 + (value[3] ?? 0)
}

const peerAt = (address: SocketAddress): StunValue => ({
  type: StunAttribute.xorPeerAddress,
  value: xorAddress(address, TRANSACTION),
})

async function allocated(limits = {}, mayReach: (peer: SocketAddress) => boolean = () => true) {
  const server = await TurnServer.open({ host: '127.0.0.1', port: 0, limits, mayReach })
  closers.push(() => server.close())
  const it = await client(server)
  expect(codeOf(await it.ask(StunMethod.allocate, [UDP]))).toBe(438)
  const answer = await it.ask(StunMethod.allocate, [UDP])
  expect(codeOf(answer)).toBe(0)
  const relayed = parseXorAddress(
    stunValue(answer, StunAttribute.xorRelayedAddress) ?? Buffer.alloc(0),
    TRANSACTION,
  )
  return { server, relayed, ...it }
}

describe('the TURN server', () => {
  it('relays both ways through a channel, once its peer is permitted', async () => {
    const { server, ask, send, next, relayed } = await allocated()
    const peer = await udpSocket()
    const { port } = peer.address()
    const channel = { type: StunAttribute.channelNumber, value: Buffer.of(0x40, 1, 0, 0) }
    const bound = await ask(StunMethod.channelBind, [channel, peerAt({ host: '127.0.0.1', port })])
    expect(codeOf(bound)).toBe(0)
    const there = once(peer, 'message', { signal: AbortSignal.timeout(2_000) })
    send(Buffer.from('40010003616263', 'hex'))
    expect(String((await there)[0])).toBe('abc')
    const back = next()
    peer.send('xyz', relayed.port, '127.0.0.1')
    expect((await back).toString('hex')).toBe('4001000378797a')
    expect(server.relayed).toBe(2)
  })

  it('lets in the client that derives everything from the host', async () => {
    const { server } = await allocated()
    const derived = await client(server, { username: 'livepeer', credential: 'livepeer' })
    expect(codeOf(await derived.ask(StunMethod.allocate, [UDP]))).toBe(438)
    expect(codeOf(await derived.ask(StunMethod.allocate, [UDP]))).toBe(0)
    const stranger = await client(server, { username: 'livepeer', credential: 'x' })
    expect(codeOf(await stranger.ask(StunMethod.allocate, [UDP]))).toBe(401)
  })

  it('reaches nothing but where it may', async () => {
    const { server, ask, send } = await allocated({}, () => false)
    const address = { host: '127.0.0.1', port: 9 }
    const channel = { type: StunAttribute.channelNumber, value: Buffer.of(0x40, 1, 0, 0) }
    expect(codeOf(await ask(StunMethod.channelBind, [channel, peerAt(address)]))).toBe(0)
    send(Buffer.from('40010003616263', 'hex'))
    expect(codeOf(await ask(StunMethod.refresh, []))).toBe(0)
    expect(server.relayed).toBe(0)
  })

  it('is not brought down by addresses that are none', async () => {
    const { ask, send, next } = await allocated()
    const broken = { type: StunAttribute.xorPeerAddress, value: Buffer.of(0, 9, 1) }
    const silent = next().catch(() => 'nothing')
    for (const method of [StunMethod.createPermission, StunMethod.channelBind]) {
      await Promise.race([ask(method, [broken]), new Promise((done) => setImmediate(done))])
    }
    const nowhere = peerAt({ host: '127.0.0.1', port: 0 })
    const channel = { type: StunAttribute.channelNumber, value: Buffer.of(0x40, 1, 0, 0) }
    await ask(StunMethod.channelBind, [channel, nowhere])
    send(Buffer.from('40010003616263', 'hex'))
    send(Buffer.from('4001ffff', 'hex'))
    send(Buffer.from('40', 'hex'))
    const answer = await ask(StunMethod.refresh, [])
    expect(codeOf(answer)).toBe(0)
    await silent
  })

  it('grants no more allocations, permissions and channels than its limits', async () => {
    const { server, ask } = await allocated({ maxAllocations: 1, maxPermissions: 2 })
    const other = await client(server)
    await other.ask(StunMethod.allocate, [UDP])
    expect(codeOf(await other.ask(StunMethod.allocate, [UDP]))).toBe(486)
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host) => peerAt({ host, port: 9 }))
    expect(codeOf(await ask(StunMethod.createPermission, hosts))).toBe(508)
    expect(codeOf(await ask(StunMethod.createPermission, hosts.slice(0, 2)))).toBe(0)
    const codes: number[] = []
    for (let number = 1; number <= 3; number++) {
      const channel = { type: StunAttribute.channelNumber, value: Buffer.of(0x40, number, 0, 0) }
      codes.push(codeOf(await ask(StunMethod.channelBind, [channel, hosts[0] as StunValue])))
    }
    expect(codes).toEqual([0, 0, 508])
    expect(server.allocations).toBe(1)
  })
})
