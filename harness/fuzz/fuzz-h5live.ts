import type { FuzzInput, FuzzPlace } from './fuzz-input.ts'
import { judgeHttp } from './http-answer.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

const PATHS = ['/h5live/stream.mp4', '/h5live/stream/stream.mp4', '/h5live/stream'] as const
const PLAIN_PATHS = [
  '/h5live/http/stream.mp4',
  '/h5live/http/playlist.m3u8',
  '/player/',
  '/player/../../package.json',
  '/h5live/%2e%2e/%2e%2e/etc/passwd',
] as const
const PARAMETERS = [
  'cid=123456&pid=12345678901',
  'cid=x&pid=-1',
  `cid=${'9'.repeat(3_000)}`,
  'url=http://169.254.169.254/latest',
  'url=rtmp%3A%2F%2F127.0.0.1%3A1%2Fplay',
  'stream=a&stream=b',
  'stream[]=a',
  'stream=..%2F..%2Fetc',
  '__proto__=1&constructor=2',
  'flags=checkandclose',
  '%zz=%&=&&',
] as const
/** Text, binary, close, ping, pong, reserved; masked as a client must. */
const OPCODES = [0, 1, 2, 8, 9, 10, 3, 11] as const

/** WebSocket and HTTP requests for H5Live with broken queries, headers and client frames. */
export const h5liveInput: FuzzInput = {
  build(seed, index, place) {
    const random = new Random(seed, index)
    const request = random.chance(70) ? upgrade(random, place) : plain(random, place)
    return {
      bytes: random.chance(40) ? mutate(random, request, { count: 1 + random.int(3) }) : request,
    }
  },
  judge: judgeHttp,
  letIn: (answer) => /^HTTP\/1.1 (101|200)/.test(answer.toString('latin1', 0, 12)),
}

function query(random: Random, place: FuzzPlace): string {
  const parts: string[] = []
  if (random.chance(80)) parts.push(`stream=${random.pick(place.names)}`)
  if (random.chance(60)) parts.push(`url=${encodeURIComponent(place.play)}`)
  while (random.chance(50)) parts.push(random.pick(PARAMETERS))
  return parts.join('&')
}

function plain(random: Random, place: FuzzPlace): Buffer {
  const path = `${random.pick(PLAIN_PATHS)}?${query(random, place)}`
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${place.host}\r\nConnection: close\r\n\r\n`)
}

function upgrade(random: Random, place: FuzzPlace): Buffer {
  const key = Buffer.from(Array.from({ length: 16 }, () => random.int(256))).toString('base64')
  const head =
    `GET ${random.pick(PATHS)}?${query(random, place)} HTTP/1.1\r\nHost: ${place.host}\r\n` +
    `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: ${random.pick([13, 13, 13, 8, 99])}\r\n` +
    `Sec-WebSocket-Key: ${random.chance(90) ? key : 'x'}\r\n` +
    `${random.chance(20) ? 'Sec-WebSocket-Extensions: permessage-deflate; x=y\r\n' : ''}\r\n`
  const frames: Buffer[] = []
  while (frames.length < 2_000 && random.chance(frames.length > 3 ? 99 : 70)) {
    frames.push(clientFrame(random))
    if (frames.length === 4 && !random.chance(10)) break
  }
  return Buffer.concat([Buffer.from(head), ...frames])
}

/** A client's frame (RFC 6455 §5.2), mostly right. */
function clientFrame(random: Random): Buffer {
  const payload = Buffer.alloc(random.chance(80) ? random.int(20) : random.int(3_000), 0x61)
  const fin = random.chance(80) ? 0x80 : 0
  const reserved = random.chance(5) ? 0x40 : 0
  const first = fin | reserved | random.pick(OPCODES)
  const masked = random.chance(95) ? 0x80 : 0
  const length =
    payload.length < 126
      ? Buffer.from([masked | payload.length])
      : Buffer.from([masked | 126, payload.length >> 8, payload.length & 0xff])
  const lying = random.chance(5)
    ? Buffer.from([masked | 127, 0xff, 0xff, 0, 0, 0, 0, 0, 1])
    : length
  return Buffer.concat([Buffer.from([first]), lying, Buffer.alloc(masked ? 4 : 0), payload])
}
