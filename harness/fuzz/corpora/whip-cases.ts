import type { CorpusCase } from './corpus-case.ts'
import { HEALTHY_OFFER } from './sdp-cases.ts'

/** The stream that cases name; whoever sends them puts another in its place. */
export const WHIP_STREAM = 'ABCDE-XYZ12'

const VENDOR = `/p/webrtc?stream_name=${WHIP_STREAM}&stream_url=rtmp%3A%2F%2F127.0.0.1%2Flive`
const FRAGMENT = [
  'a=ice-ufrag:efgh',
  'a=ice-pwd:abcdefghijklmnopqrstuv',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:0',
  'a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n')

export interface WhipRequestParts {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A request with its length, on a connection of its own. */
export function whipRequest(parts: WhipRequestParts): Buffer {
  const { method = 'POST', path = VENDOR, body = '' } = parts
  const headers = {
    Host: '127.0.0.1',
    Connection: 'close',
    'Content-Length': String(Buffer.byteLength(body)),
    ...parts.headers,
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
}

export function healthyPost(): Buffer {
  return whipRequest({ headers: { 'Content-Type': 'application/sdp' }, body: HEALTHY_OFFER })
}

/** ICE restart: the path and `If-Match` are the caller's. */
export function healthyPatch(path: string, match: string, body: string = FRAGMENT): Buffer {
  const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': match }
  return whipRequest({ method: 'PATCH', path, headers, body })
}

export function healthyDelete(path: string): Buffer {
  return whipRequest({ method: 'DELETE', path })
}

const VALUES: Readonly<Record<string, string>> = {
  empty: '',
  long: 'x'.repeat(8_000),
  list: 'a, b, c, , ,',
  quotes: '"""\\"',
  number: '-1',
  'not-ascii': '\u00fc\u00ff',
  tabs: '\t\t\t',
}

function headerCases(): CorpusCase[] {
  const names = [
    ...['Content-Type', 'Authorization', 'If-Match', 'Content-Length', 'Transfer-Encoding'],
    ...['Expect', 'Origin', 'Host', 'Connection', 'Access-Control-Request-Headers', 'User-Agent'],
  ]
  return names.flatMap((name) =>
    Object.entries(VALUES).map(([what, value]) => ({
      name: `header/${name.toLowerCase()}-${what}`,
      bytes: whipRequest({
        headers: { 'Content-Type': 'application/sdp', [name]: value },
        body: HEALTHY_OFFER,
      }),
    })),
  )
}

const PATHS = [
  '/p/webrtc',
  '/p/webrtc?stream_name=&stream_url=',
  `/p/webrtc?stream_name=${WHIP_STREAM}&stream_url=http%3A%2F%2F169.254.169.254%2F`,
  `/p/webrtc?stream_name=${WHIP_STREAM}&stream_name=x&stream_url=rtmp%3A%2F%2Fx%2Flive`,
  `/p/webrtc?stream_name=${'x'.repeat(6_000)}&stream_url=rtmp%3A%2F%2Fx%2Flive`,
  '/p/webrtc?stream_name=..%2F..%2Fetc%2Fpasswd&stream_url=rtmp%3A%2F%2Fx%2Flive',
  '/p/webrtc?stream_name=%00&stream_url=rtmp%3A%2F%2Fx%2Flive',
  '/p/webrtc?stream_name=%zz&stream_url=%ff',
  '/whip/',
  `/whip/${WHIP_STREAM}`,
  `/whip/${WHIP_STREAM}/../../api`,
  '/whip/%2e%2e%2f%2e%2e',
  '/whip/%ff',
  '/whip/session/',
  '/whip/session/none',
  `/ingest/local/whip/${WHIP_STREAM}`,
  `/ingest/elsewhere/whip/${WHIP_STREAM}`,
  `/ingest/local/webrtc/${WHIP_STREAM}?${'a=b&'.repeat(1_000)}`,
  '/iframe/none',
  '//',
  '*',
]

function pathCases(): CorpusCase[] {
  const methods = ['POST', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE', 'GET', 'PROPFIND']
  return PATHS.flatMap((path, i) =>
    methods.map((method) => ({
      name: `path/${String(i).padStart(2, '0')}-${method.toLowerCase()}`,
      bytes: whipRequest({ method, path, headers: { 'Content-Type': 'application/sdp' } }),
    })),
  )
}

function framingCases(): CorpusCase[] {
  const head = `POST ${VENDOR} HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n`
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`
  const texts: Readonly<Record<string, string>> = {
    'no-body': `${head}Content-Length: 500\r\n\r\n`,
    'too-large': `${head}Content-Length: 99999999999\r\n\r\n`,
    'too-large-in-chunks': `${chunked}11000\r\n${'a'.repeat(0x11000)}\r\n0\r\n\r\n`,
    'two-lengths': `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    'length-and-chunks': `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'endless-chunk': `${chunked}fffffffffffffff\r\nabc`,
    'chunk-of-nothing': `${chunked}zz\r\nabc`,
    'many-headers': `${head}${'X: y\r\n'.repeat(3_000)}\r\n`,
    'long-header': `${head}X: ${'y'.repeat(40_000)}\r\n\r\n`,
    'bare-newlines': head.replaceAll('\r\n', '\n'),
    'half-a-request-line': 'POST /p/webrtc',
    'tls-hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  }
  return Object.entries(texts).map(([name, text]) => ({
    name: `framing/${name}`,
    bytes: Buffer.from(text, 'latin1'),
  }))
}

/** Requests with broken headers, paths and framing. */
export const whipTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  headers: headerCases(),
  paths: pathCases(),
  framing: framingCases(),
}
