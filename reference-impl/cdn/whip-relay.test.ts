import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { MAX_WHIP_BYTES } from './limits.ts'
import { startWhipRelay } from './whip-relay.ts'

const HOST = '127.0.0.1'
const ANSWER = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n')
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function world(): Promise<{ url: string; asked: IncomingMessage[]; origin: Server }> {
  const asked: IncomingMessage[] = []
  const origin = createServer((request, response) => {
    asked.push(request)
    request.resume()
    if (request.url === '/whip/NAME') {
      response.writeHead(307, { Location: 'http://elsewhere.test/ingest/local/whip/NAME' }).end()
    } else {
      response.writeHead(201, { Location: '/whip/session/1', ETag: '"e"' }).end(ANSWER)
    }
  })
  closers.push(() => origin.closeAllConnections())
  closers.push(() => origin.close())
  origin.listen(0, HOST)
  await once(origin, 'listening')
  const { port } = origin.address() as AddressInfo
  const relay = await startWhipRelay({
    host: HOST,
    origin: () => ({ host: HOST, port }),
    mediaPort: 5000,
  })
  closers.push(() => relay.close())
  return { url: `http://${HOST}:${relay.port}`, asked, origin }
}

test('the answer to an offer names the edge first for media, and the origin after it', async () => {
  const { url, asked } = await world()
  const headers = { authorization: 'Bearer NAME', 'content-type': 'application/sdp' }
  const body = 'v=0\r\n'
  const answer = await fetch(`${url}/ingest/local/whip/NAME`, { method: 'POST', headers, body })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('location')).toBe('/whip/session/1')
  expect(answer.headers.get('etag')).toBe('"e"')
  expect(asked[0]!.headers.authorization).toBe('Bearer NAME')
  expect((await answer.text()).split('\r\n').slice(2, 4)).toEqual([
    'a=candidate:edge 1 udp 2130706431 127.0.0.1 5000 typ host',
    'a=candidate:1 1 udp 2130706175 192.0.2.1 4000 typ host',
  ])
})

test('whoever came to an edge is not sent to another one', async () => {
  const { url } = await world()
  const answer = await fetch(`${url}/whip/NAME`, { method: 'POST', redirect: 'manual' })
  expect(answer.status).toBe(307)
  expect(answer.headers.get('location')).toBe('/ingest/local/whip/NAME')
})

test('what is no WHIP, or too large, does not reach the origin', async () => {
  const { url, asked } = await world()
  expect((await fetch(`${url}/observe/cdn`)).status).toBe(404)
  expect((await fetch(`${url}/whip/NAME`)).status).toBe(404)
  const body = 'x'.repeat(MAX_WHIP_BYTES + 1)
  expect((await fetch(`${url}/whip/NAME`, { method: 'POST', body })).status).toBe(413)
  expect(asked).toHaveLength(0)
})

test('without the origin a publisher is told so', async () => {
  const { url, origin } = await world()
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
  const answer = await fetch(`${url}/whip/NAME`, { method: 'POST' })
  expect(answer.status).toBe(502)
})
