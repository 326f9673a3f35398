import type { RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startTestServer } from '../viewers/test-server.ts'
import { askPlayout } from './ask-from.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function streamAt(http: RequestListener): Promise<string> {
  const server = await startTestServer({ http })
  closers.push(server.close)
  return `${server.http}stream/x`
}

const rtmp = { url: 'rtmp://127.0.0.1/play', streamname: 'aaaaa-00001' }
const server = { websocket: 'ws://127.0.0.1:1/h5', progressive: 'http://127.0.0.1:1/mp4' }
const answer = JSON.stringify({ playout: { h5live: [{ rtmp, server }] } })

test('it asks from the address that it is told to, as a player without a key', async () => {
  const asked: unknown[] = []
  const url = await streamAt((request, response) => {
    asked.push([request.socket.remoteAddress, request.headers['x-bintu-apikey']])
    response.end(answer)
  })
  const { h5live } = await askPlayout(url, '127.3.0.9')
  expect(new URL(h5live).searchParams.get('stream')).toBe('aaaaa-00001')
  await askPlayout(url, undefined)
  expect(asked).toEqual([
    ['127.3.0.9', undefined],
    ['127.0.0.1', undefined],
  ])
})

test('refusals, cut answers and noise are told apart from a stream', async () => {
  const refused = await streamAt((_, response) => response.writeHead(404).end('{}'))
  const cut = await streamAt((_, response) => {
    response.writeHead(200, { 'content-length': '999' }).write('{')
    response.destroy()
  })
  const large = await streamAt((_, response) => response.end(Buffer.alloc(2 ** 21, 0x20)))
  for (const url of [refused, cut, large, 'http://127.0.0.1:1/stream/x'])
    await expect(askPlayout(url, undefined)).rejects.toMatchObject({ code: 'LP_API_UNREACHABLE' })
  for (const text of ['', '<html>', '{"playout":{"h5live":[]}}']) {
    const url = await streamAt((_, response) => response.end(text))
    const asked = askPlayout(url, undefined)
    await expect(asked).rejects.toMatchObject({ code: 'LP_API_UNEXPECTED_SHAPE' })
  }
})
