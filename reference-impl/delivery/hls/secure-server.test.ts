import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createCertificate } from '../../ingest/rtmp/certificate.ts'
import { Hub } from '../../live/hub.ts'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { MemoryDirectory } from '../../live/testing/memory-directory.ts'
import { defaultSeams } from '../../seams.ts'
import { HlsEndpoint } from './endpoint.ts'
import { type SecureHls, startSecureHls } from './secure-server.ts'

const NAME = 'ABCDE-12345'
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function stage() {
  const seams = defaultSeams()
  const hub = new Hub(seams.live)
  const directory = new MemoryDirectory()
  const endpoint = new HlsEndpoint({ hub, directory, seams: seams.hls })
  const tls = await createCertificate('127.0.0.1')
  const server: SecureHls = await startSecureHls({ host: '127.0.0.1', port: 0, tls, endpoint })
  directory.add(NAME, 'live')
  const stream = hub.publish(NAME)
  closers.push(
    () => hub.close(),
    () => endpoint.close(),
    () => server.close(),
  )
  return { stream, ca: tls.cert, port: server.port }
}

function open({ port, ca }: { port: number; ca: string }): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${port}`, { ca })
  session.on('error', () => {})
  closers.push(() => session.destroy())
  return session
}

async function get(session: ClientHttp2Session, path: string, method = 'GET') {
  const stream = session.request({ ':path': path, ':method': method })
  stream.setEncoding('utf8')
  let body = ''
  stream.on('data', (text: string) => {
    body += text
  })
  const ended = once(stream, 'end')
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  await ended
  return { status: headers[':status'], headers, body }
}

describe('HLS over TLS', () => {
  it('answers waiting and ready requests of one HTTP/2 connection beside each other', async () => {
    const { stream, ...address } = await stage()
    const session = open(address)
    feedFrames(stream, 1)
    const first = get(session, `/hls/${NAME}/media.m3u8`)
    const refused = await get(session, '/hls/ABCDE-xxxxx/media.m3u8')
    expect(refused.status).toBe(404)
    await expect.poll(() => stream.subscribers).toBe(1)
    feedFrames(stream, 70, { from: 1 })
    const { status, headers, body } = await first
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/vnd.apple.mpegurl')
    expect(headers['access-control-allow-origin']).toBe('*')
    const segment = body.split('\n').find((line) => line.startsWith('segment-'))
    expect((await get(session, `/hls/${NAME}/${segment}`)).status).toBe(200)
    const hint = /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(body)![1]
    const [part, reload] = [
      get(session, `/hls/${NAME}/${hint}`),
      get(session, `/hls/${NAME}/media.m3u8?_HLS_msn=2`),
    ]
    feedFrames(stream, 40, { from: 71 })
    expect((await part).status).toBe(200)
    expect((await reload).status).toBe(200)
    expect(session.alpnProtocol).toBe('h2')
  })

  it('serves HTTP/1.1 as well, and nothing but HLS', async () => {
    const { port, ca } = await stage()
    const request = httpsRequest(`https://127.0.0.1:${port}/hls/ABCDE-xxxxx/index.m3u8`, { ca })
    request.end()
    const [response] = await once(request, 'response')
    expect([response.httpVersion, response.statusCode]).toEqual(['1.1', 404])
    response.resume()
    const session = open({ port, ca })
    for (const [path, method, status] of [
      ['/', 'GET', 404],
      ['/h5live/stream.mp4', 'GET', 404],
      [`/hls/${NAME}/media.m3u8`, 'POST', 405],
      [`/hls/${NAME}/media.m3u8`, 'OPTIONS', 204],
      [`/hls/${NAME}/media.m3u8?_HLS_msn=x`, 'GET', 400],
    ] as const) {
      expect([path, (await get(session, path, method)).status]).toEqual([path, status])
    }
  })

  it('outlives garbage, and players who leave while they wait', async () => {
    const { port, ca, stream } = await stage()
    feedFrames(stream, 1)
    const leaving = open({ port, ca })
    const waiting = leaving.request({ ':path': `/hls/${NAME}/media.m3u8` })
    waiting.on('error', () => {})
    await expect.poll(() => stream.subscribers).toBe(1)
    leaving.destroy()
    const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    socket.end(Buffer.alloc(5000, 0xa5))
    await once(socket.resume(), 'close')
    feedFrames(stream, 70, { from: 1 })
    expect((await get(open({ port, ca }), `/hls/${NAME}/media.m3u8`)).status).toBe(200)
  })
})
