import { PACKET_HEADROOM } from '../../live/packet.ts'

/** RFC 6455 §5.2 */
const FIN = 0x80
const OPCODE_TEXT = 0x1
const OPCODE_BINARY = 0x2
const OPCODE_PING = 0x9
const LENGTH_16 = 126
const LENGTH_64 = 127

/** An unmasked server frame around media that has headroom: written in front, without a copy. */
export function binaryFrame(buffer: Buffer): Buffer {
  const length = buffer.length - PACKET_HEADROOM
  const start = PACKET_HEADROOM - headerSize(length)
  writeHeader(buffer, start, OPCODE_BINARY, length)
  return buffer.subarray(start)
}

/** An unmasked text frame. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const size = headerSize(length)
  const frame = Buffer.allocUnsafeSlow(size + length)
  writeHeader(frame, 0, OPCODE_TEXT, length)
  frame.write(text, size)
  return frame
}

/** A ping without payload. */
export const PING_FRAME = Buffer.from([FIN | OPCODE_PING, 0])

function headerSize(length: number): number {
  return length < LENGTH_16 ? 2 : length <= 0xffff ? 4 : 10
}

function writeHeader(target: Buffer, at: number, opcode: number, length: number): void {
  target[at] = FIN | opcode
  if (length < LENGTH_16) {
    target[at + 1] = length
  } else if (length <= 0xffff) {
    target[at + 1] = LENGTH_16
    target.writeUInt16BE(length, at + 2)
  } else {
    target[at + 1] = LENGTH_64
    target.writeUInt32BE(Math.floor(length / 2 ** 32), at + 2)
    target.writeUInt32BE(length >>> 0, at + 6)
  }
}
