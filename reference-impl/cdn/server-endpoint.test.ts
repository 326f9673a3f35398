import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { askRouter } from '../player/source.ts'
import { Regions } from './regions.ts'
import { EdgeRegistry } from './registry.ts'
import { Router } from './router.ts'
import { defaultCdnSeams } from './seams.ts'
import { SERVER_PATH, ServerEndpoint } from './server-endpoint.ts'
import { testHello } from './testing/test-hello.ts'

const closers: (() => unknown)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

test('a player asks which server is its own, and comes home when there is none', async () => {
  const registry = new EdgeRegistry()
  const seams = defaultCdnSeams()
  const router = new Router({ registry, regions: new Regions(), seams, now: () => 0 })
  const endpoint = new ServerEndpoint(router)
  const server = createServer((request, response) => endpoint.handle(request, response))
  closers.push(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${SERVER_PATH}`
  const home = 'ws://home.test/h5live/stream.mp4'
  const entry = { index: 0, stream: 'A-1', url: 'ws://dead.test/x?stream=A-1&url=u&cid=1&pid=2' }
  const asked = async () => {
    const [answer] = await askRouter({ url, home }, [entry])
    const { host, searchParams } = new URL(answer!.url)
    expect(searchParams.get('stream')).toBe('A-1')
    expect(searchParams.get('url')).toBe('u')
    return host
  }

  expect(await asked()).toBe('home.test')
  const at = 'ws://edge.test/h5live/stream.mp4'
  const key = registry.connected(testHello('a', { at }), 0)!
  expect(await asked()).toBe('edge.test')
  registry.disconnected(key, 0)
  expect(await asked()).toBe('home.test')
})
