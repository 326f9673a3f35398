import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Link } from './link.ts'
import type { LinkFile } from './link-spec.ts'
import { openWhipLink } from './whip-link.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** An HTTP server, and a port for media that sends back what it gets. */
async function endpoint(answer: Answer) {
  const media = createSocket('udp4')
  media.on('message', (data, from) => media.send(data, from.port, from.address))
  media.bind(0, '127.0.0.1')
  await once(media, 'listening')
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    answer(request, response, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    media.close()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/whip/name?a=1`, mediaPort: media.address().port }
}

async function linkTo(url: string, up: LinkFile['up'] = {}) {
  const links: Link[] = []
  const link = await openWhipLink({
    spec: { schema: 'liveproof/link@1', id: 't', summary: 'T.', up },
    seed: 1,
    url,
    onMedia: (media) => links.push(media),
  })
  closers.push(() => link.close())
  return { link, links }
}

const offer = (url: string) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/sdp' },
    body: 'v=0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\na=mid:0\r\n',
  })

test('the answer leads media through the link, and the server sees no candidate of the client', async () => {
  let offered = ''
  const place = await endpoint((_request, response, body) => {
    offered = body
    response.writeHead(201, {
      'Content-Type': 'application/sdp',
      Location: '/session/1',
      Link: '<turn:192.0.2.9>; rel="ice-server", <https://x.test/>; rel="help"',
    })
    response.end(`v=0\r\na=candidate:1 1 udp 9 127.0.0.1 ${place.mediaPort} typ host\r\n`)
  })
  const { link, links } = await linkTo(place.url, { delayMs: 40 })
  const answer = await offer(link.url)
  const sdp = await answer.text()
  expect(offered).toBe('v=0\r\na=mid:0\r\n')
  expect(answer.status).toBe(201)
  expect(answer.headers.get('location')).toBe('/session/1')
  expect(answer.headers.get('link')).toBe('<https://x.test/>; rel="help"')
  const { port } = links[0]!.address
  expect(sdp).toBe(`v=0\r\na=candidate:1 1 udp 9 127.0.0.1 ${port} typ host\r\n`)
  expect(port).not.toBe(place.mediaPort)

  const client = createSocket('udp4')
  closers.push(() => client.close())
  const echo = once(client, 'message', { signal: AbortSignal.timeout(5_000) })
  client.send('media', port, '127.0.0.1')
  expect(String((await echo)[0])).toBe('media')
  expect(links[0]!.stats().up.delay.percentile(50)).toBeCloseTo(40, 0)
  await (await offer(link.url)).text()
  expect(links).toHaveLength(1)
})

test('fragments that are trickled are changed likewise, and other media ports join the link', async () => {
  const fragment = 'application/trickle-ice-sdpfrag'
  const ports = [40_001, 40_002, 40_001]
  let sent = ''
  const place = await endpoint((_request, response, body) => {
    sent = body
    response.writeHead(200, { 'Content-Type': fragment })
    response.end(`a=candidate:1 1 udp 9 127.0.0.1 ${ports.shift()} typ host\r\n`)
  })
  const { link, links } = await linkTo(place.url)
  const trickle = async () => {
    const answer = await fetch(link.url, {
      method: 'PATCH',
      headers: { 'Content-Type': fragment, 'If-Match': '*' },
      body: 'a=ice-ufrag:abcd\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n',
    })
    return (await answer.text()).split(' ')[5]
  }
  const [first, second, again] = [await trickle(), await trickle(), await trickle()]
  expect(sent).toBe('a=ice-ufrag:abcd\r\n')
  expect(first).toBe(`${links[0]!.address.port}`)
  expect(second).not.toBe(first)
  expect(again).toBe(first)
  expect(links).toHaveLength(1)
})

test('what is no description passes as it is, absolute addresses lead back to the link', async () => {
  const place = await endpoint((request, response) => {
    if (request.method === 'GET') response.end(`${request.headers.host} ${request.url}`)
    else response.writeHead(307, { Location: `http://${request.headers.host}/b?c=1` }).end()
  })
  const { link } = await linkTo(place.url)
  const { host } = new URL(place.url)
  expect(await (await fetch(link.url)).text()).toBe(`${host} /whip/name?a=1`)
  const redirect = await offer(link.url)
  expect(redirect.status).toBe(307)
  expect(redirect.headers.get('location')).toBe(`${new URL(link.url).origin}/b?c=1`)
})

test('a description that is too large, and a server that is gone, end the request alone', async () => {
  const place = await endpoint((request, response) => {
    const type = request.method === 'POST' ? 'application/sdp' : 'text/plain'
    response.writeHead(201, { 'Content-Type': type })
    response.end('a'.repeat(300_000))
  })
  const { link } = await linkTo(place.url)
  await expect(offer(link.url)).rejects.toThrow('fetch failed')
  const nobody = await linkTo('http://127.0.0.1:1/whip')
  await expect(offer(nobody.link.url)).rejects.toThrow('fetch failed')
  expect((await fetch(link.url).catch(() => null))?.status).toBe(201)
})

test.each(['rtmp://127.0.0.1/live', 'nothing'])('%s is no endpoint', async (url) => {
  await expect(linkTo(url)).rejects.toMatchObject({ code: 'LP_LINK_ADDRESS' })
})
