import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nowMs } from '../../measure/clock.ts'
import { ScenarioLink } from '../../scenario/scenario-link.ts'
import { broken, holds } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type LinkedStage, onLinks } from './on-links.ts'

const DELAY_MS = 30
let server: Server
let links: ScenarioLink[]
const context = {
  link: (spec, seed) => {
    const link = new ScenarioLink(spec, seed)
    links.push(link)
    return link
  },
} as Pick<ProbeContext, 'link'> as ProbeContext

beforeEach(async () => {
  links = []
  server = createServer((socket) => socket.on('error', () => {}).resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  for (const link of links) await link.close()
  server.close()
})

/** Sends over TCP through a link whose process is kept busy whenever a delivery is due. */
async function sendLate(stage: LinkedStage): Promise<void> {
  const { port } = server.address() as AddressInfo
  const up = { delayMs: DELAY_MS }
  const { link: made, url } = await stage.link(`rtmp://127.0.0.1:${port}/live`, { up })
  const link = made.open[0]!
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
  stage.atClose(() => socket.destroy())
  await once(socket, 'connect')
  while (link.stats().fit) {
    const { offered } = link.stats().up
    socket.write('something')
    while (link.stats().up.offered === offered) await new Promise(setImmediate)
    const until = nowMs() + 2 * DELAY_MS
    while (nowMs() < until);
  }
}

test('a breach that was seen over a late TCP link is none', async () => {
  const finding = await onLinks(context, 'it holds', async (stage) => {
    await sendLate(stage)
    return broken('it holds', 'it does not')
  })
  expect(finding).toMatchObject({
    result: 'skipped',
    actual: 'the link itself was late; seen over it: it does not',
  })
})

test('what holds over a late link holds, and a breach over a good one is a breach', async () => {
  const held = await onLinks(context, 'it holds', async (stage) => {
    await sendLate(stage)
    return holds('it holds', 'it does')
  })
  expect(held.result).toBe('holds')
  const breach = await onLinks(context, 'it holds', async () => broken('it holds', 'it does not'))
  expect(breach.result).toBe('broken')
})
