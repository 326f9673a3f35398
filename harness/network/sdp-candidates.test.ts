import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mediaAddresses, withMediaAddresses, withoutCandidates } from './sdp-candidates.ts'

const SDP = [
  'v=0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=candidate:1 1 udp 2130706431 10.0.0.1 40000 typ host',
  'a=candidate:1 1 UDP 2130706431 ::1 40001 typ host generation 0',
  'a=candidate:2 1 udp 1694498815 203.0.113.5 40002 typ srflx raddr 10.0.0.1 rport 40000',
  'a=candidate:3 1 tcp 1518280447 10.0.0.1 9 typ host tcptype active',
  'a=candidate:4 1 udp 2130706431 a1b2.local 40003 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n')

test('media goes to the UDP candidates that have an IP address', () => {
  expect(mediaAddresses(SDP)).toEqual([
    { host: '10.0.0.1', port: 40000 },
    { host: '::1', port: 40001 },
    { host: '203.0.113.5', port: 40002 },
  ])
})

test('candidates lead to the addresses of the link, and none leads past it', () => {
  const changed = withMediaAddresses(SDP, ({ port }) =>
    port === 40002 ? undefined : { host: '127.0.0.1', port: port + 10_000 },
  )
  expect(changed.split('\r\n')).toEqual([
    'v=0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host',
    'a=candidate:1 1 UDP 2130706431 127.0.0.1 50001 typ host generation 0',
    'a=end-of-candidates',
    '',
  ])
})

test('an offer keeps everything but its candidates', () => {
  const lines = SDP.split('\r\n').filter((line) => !line.startsWith('a=candidate:'))
  expect(withoutCandidates(SDP)).toBe(lines.join('\r\n'))
})

test('whatever the text is, lines that are no candidates stay as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ -~]{0,40}$/)), (lines) => {
      const plain = lines.filter((line) => !line.startsWith('a=candidate:'))
      const text = [...lines, 'a=candidate:broken'].join('\r\n')
      expect(withMediaAddresses(text, () => undefined)).toBe(plain.join('\r\n'))
    }),
  )
})
