import { createHash, randomBytes } from 'node:crypto'

/** RFC 6455 §1.3 */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const FIN_AND_MASKED = 0x80

/** The request of one handshake, and the answer that it must get (RFC 6455 §4.1). */
export function handshake(host: string, path: string): { request: string; accept: string } {
  const key = randomBytes(16).toString('base64')
  const request =
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nOrigin: http://player.example\r\n\r\n`
  return { request, accept: createHash('sha1').update(`${key}${GUID}`).digest('base64') }
}

/** A masked control frame of a client (RFC 6455 §5.3). */
export function controlFrame(opcode: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(6 + payload.length)
  frame[0] = FIN_AND_MASKED | opcode
  frame[1] = FIN_AND_MASKED | payload.length
  frame.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), 2)
  for (let i = 0; i < payload.length; i++) frame[6 + i] = payload[i]! ^ frame[2 + (i & 3)]!
  return frame
}

/** 1000, normal closure (RFC 6455 §7.4.1) */
export const NORMAL_CLOSURE: Uint8Array = Uint8Array.from([0x03, 0xe8])
