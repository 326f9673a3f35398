import { expect, test } from 'vitest'
import { NotOffered } from '../targets/not-offered.ts'
import { requireLoopback, requireOwnHosts } from './own-host.ts'

const loopback = [
  'http://127.0.0.1:1/x',
  'ws://[::1]:2',
  'rtmp://localhost/live',
  'srt://127.8.8.8:1',
]

test('loopback may be loaded', () => {
  expect(() => requireOwnHosts(loopback, [])).not.toThrow()
})

test.each([
  'wss://bintu.example/h5live',
  'http://127.0.0.1.example/',
  'http://10.0.0.1/',
  'rtmp://[2001:db8::1]/x',
])("%s may not, unless it is named as one's own", (address) => {
  expect(() => requireOwnHosts([...loopback, address], [])).toThrow(
    expect.objectContaining({ code: 'LP_LOAD_NOT_OWN' }),
  )
  const { hostname } = new URL(address.replace(/^\w+:/, 'http:'))
  expect(() => requireOwnHosts([address], [hostname])).not.toThrow()
})

test('a crowd that nobody asked for is sent to loopback, and left out elsewhere', () => {
  expect(() => requireLoopback(loopback)).not.toThrow()
  expect(() => requireLoopback([...loopback, 'wss://live.example/x'])).toThrow(NotOffered)
  expect(() => requireLoopback(['wss://live.example/x'])).toThrow(/--i-own live\.example/)
})
