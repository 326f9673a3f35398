import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { UsageError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import type { LinkFile, Settings } from '../link-spec.ts'
import { checkLink } from '../load-link.ts'
import { KernelLink } from './kernel-link.ts'
import type { Qdisc } from './kernel-path.ts'
import { whyNoNamespaces } from './why-no-netem.ts'

/*
 * The way through the kernel, with a qdisc that every kernel has: what netem is told is tested where
 * it is made up, and needs no kernel.
 */
const reason = whyNoNamespaces()
const able = test.skipIf(reason !== null)
const why = reason ? ` (${reason})` : ''
const RATE_KBPS = 4_000

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A rate, or none; it cannot do anything with loss. */
function tbf({ rateKbps, loss }: Settings): Qdisc {
  if (loss.length > 0) throw new UsageError('LP_LINK_BACKEND', 'no loss')
  const rate = `${rateKbps ?? 1_000_000}kbit`
  return { root: ['tbf', 'rate', rate, 'burst', '10kb', 'limit', '200kb'], child: null, mtu: null }
}

async function linkTo(port: number, protocol: 'tcp' | 'udp', up: LinkFile['up'] = {}) {
  const spec = checkLink({ schema: 'liveproof/link@1', id: 'k', summary: 'K.', up })
  const to = { host: '127.0.0.1', port }
  const link = new KernelLink({ spec, seed: 1, to, protocol }, spec, tbf)
  closers.push(() => link.close())
  await link.also(to)
  return link
}

able(`TCP goes through the kernel at its rate, and a reset reaches both sides${why}`, async () => {
  const accepted: Socket[] = []
  const server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const link = await linkTo(port, 'tcp', { rateKbps: RATE_KBPS })
  const client = connect(link.address)
  client.on('error', () => {})
  closers.push(() => client.destroy())
  const bytes = 500_000
  let echoed = 0
  const done = Promise.withResolvers<void>()
  client.on('data', (chunk) => {
    echoed += chunk.length
    if (echoed >= bytes) done.resolve()
  })
  const since = nowMs()
  client.write(Buffer.alloc(bytes, 1))
  await done.promise
  const kbps = (bytes * 8) / (nowMs() - since)
  expect(kbps).toBeLessThan(RATE_KBPS * 1.1)
  await link.settled()
  expect(link.stats().up.deliveredBytes).toBeGreaterThan(bytes)
  const closed = new Promise((resolve) => client.once('close', resolve))
  link.reset()
  await closed
  const [at] = accepted
  if (!at?.destroyed) await new Promise((resolve) => at?.once('close', resolve))
})

able(
  `UDP goes through it, from a new port after a rebind; steps are carried out${why}`,
  async () => {
    const server = createSocket('udp4')
    const ports: number[] = []
    server.on('message', (data, from) => {
      ports.push(from.port)
      server.send(data, from.port, from.address)
    })
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(() => server.close())
    const link = await linkTo(server.address().port, 'udp', { rateKbps: RATE_KBPS })
    const client = createSocket('udp4')
    closers.push(() => client.close())
    const ask = async (text: string) => {
      const answer = once(client, 'message', { signal: AbortSignal.timeout(5_000) })
      client.send(text, link.address.port, link.address.host)
      return String((await answer)[0])
    }
    expect(await ask('one')).toBe('one')
    link.rebind()
    expect(await ask('two')).toBe('two')
    expect(ports[1]).not.toBe(ports[0])
    link.set({ up: { rateKbps: 800 } })
    await link.settled()
    expect(link.up.settings.rateKbps).toBe(800)
    expect(link.stats().up.delivered).toBeGreaterThanOrEqual(2)
  },
)
