import { HANDSHAKE_SIZE } from '../craft/handshake.ts'
import { type MalformedCase, once, type Piece, times } from './malformed-case.ts'

const open = (name: string, pieces: Piece[]): MalformedCase => ({
  name: `handshake/${name}`,
  stage: 'open',
  pieces,
})
const hello = (version: number, fill: number) =>
  once(Buffer.from([version]), Buffer.alloc(HANDSHAKE_SIZE, fill))

/** Handshakes that are none (RTMP 1.0 §5.2). */
export const handshakeCases: readonly MalformedCase[] = [
  open('nothing', []),
  open('version-only', once(Buffer.from([3]))),
  open('version-0', hello(0, 1)),
  open('version-6-encrypted', hello(6, 1)),
  open('version-255', hello(255, 1)),
  open('c1-zero', hello(3, 0)),
  open('c1-all-ones', hello(3, 0xff)),
  open('c1-cut', once(Buffer.from([3]), Buffer.alloc(1000, 7))),
  open('c2-garbage', [...hello(3, 1), ...times(1, Buffer.alloc(HANDSHAKE_SIZE, 0xee))]),
  open('c2-then-garbage', [
    ...hello(3, 1),
    ...times(1, Buffer.alloc(HANDSHAKE_SIZE, 1)),
    ...times(64, Buffer.alloc(1024, 0xa5)),
  ]),
  open('http', once(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))),
  open('http-long', times(4_000, Buffer.from('GET / HTTP/1.1\r\n'))),
  open('tls-hello', once(Buffer.from('160301020001000100fc0303', 'hex'), Buffer.alloc(500, 0x5a))),
  open('zeros', times(1_000, Buffer.alloc(1024))),
]
