import { expect, test } from 'vitest'
import type { EdgeHello } from './control-message.ts'
import { GONE_KEPT_MS, HEARTBEAT_DEADLINE_MS } from './limits.ts'
import { Regions } from './regions.ts'
import { EdgeRegistry } from './registry.ts'
import { Router } from './router.ts'
import { defaultCdnSeams } from './seams.ts'
import { testHello } from './testing/test-hello.ts'

const NO_LOAD = {
  viewers: 0,
  streams: [],
  publishers: 0,
  datagrams: 0,
  rssBytes: 0,
  cpuMs: 0,
}

function hello(id: string, region: string, capacity = 100): EdgeHello {
  return testHello(id, { region, capacity, at: `http://${id}.test/` })
}

function world(...edges: EdgeHello[]) {
  const registry = new EdgeRegistry()
  const clock = { now: 0 }
  const keys = new Map(edges.map((edge) => [edge.id, registry.connected(edge, 0)!]))
  const options = { registry, regions: new Regions(), seams: defaultCdnSeams() }
  const router = new Router({ ...options, now: () => clock.now })
  return { registry, clock, keys, at: (client: string) => router.locate(client)?.id }
}

test('clients go to their region, and to the nearest other one where it has no edge', () => {
  const { at } = world(hello('a', 'us'), hello('b', 'as'))
  expect(at('127.2.0.1')).toBe('a')
  expect(at('127.3.7.9')).toBe('b')
  expect(at('::ffff:127.3.0.1')).toBe('b')
  expect(at('127.1.0.1')).toBe('a')
  expect(at('127.4.0.1')).toBe('b')
})

test('among equals the emptiest is chosen, and nobody is sent to a full one', () => {
  const { registry, keys, at } = world(hello('a', 'eu'), hello('b', 'eu'))
  registry.heartbeat(keys.get('a')!, { ...NO_LOAD, viewers: 50 }, 0)
  for (let client = 0; client < 50; client++) expect(at('127.1.0.1')).toBe('b')
  registry.heartbeat(keys.get('a')!, { ...NO_LOAD, viewers: 100 }, 0)
  expect(at('127.1.0.1')).toBe('b')
  registry.heartbeat(keys.get('b')!, { ...NO_LOAD, viewers: 100 }, 0)
  expect(at('127.1.0.1')).toBeUndefined()
})

test('an edge is dead once its connection ends, or it was silent for too long', () => {
  const { registry, clock, keys, at } = world(hello('a', 'eu'), hello('b', 'us'))
  registry.disconnected(keys.get('a')!, 10)
  expect(at('127.1.0.1')).toBe('b')
  clock.now = HEARTBEAT_DEADLINE_MS + 1
  expect(at('127.1.0.1')).toBeUndefined()
  expect(registry.edges(clock.now).map(({ alive }) => alive)).toEqual([false, false])
  expect(registry.edges(GONE_KEPT_MS + 11).map(({ id }) => id)).toEqual(['b'])
})

test('an edge that was started again is not ended by its old connection', () => {
  const { registry, keys, at } = world(hello('a', 'eu'))
  registry.connected(hello('a', 'eu'), 5)
  registry.disconnected(keys.get('a')!, 10)
  expect(at('127.1.0.1')).toBe('a')
})

test('the narrowest range counts, and what is no range is refused', () => {
  const regions = new Regions({
    clients: [
      { range: '10.0.0.0/8', region: 'wide' },
      { range: '10.1.0.0/16', region: 'narrow' },
      { range: '2001:db8::/32', region: 'six' },
    ],
  })
  expect(
    ['10.1.2.3', '10.2.2.3', '2001:db8::1', '11.0.0.1', 'x'].map((a) => regions.regionOf(a)),
  ).toEqual(['narrow', 'wide', 'six', undefined, undefined])
  expect(() => new Regions({ clients: [{ range: '10.0.0.0/33', region: 'x' }] })).toThrow('CIDR')
})
