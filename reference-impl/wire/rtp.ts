// RTP (RFC 3550 §5.1, RFC 8285 header extensions are passed over).
import { WireError } from '../errors.ts'

export interface RtpPacket {
  readonly marker: boolean
  /** 0–127 */
  readonly payloadType: number
  /** 16 bits */
  readonly sequence: number
  /** 32 bits */
  readonly timestamp: number
  readonly ssrc: number
  /** A view, without padding. */
  readonly payload: Uint8Array
}

const FIXED_BYTES = 12

/** Throws `LP_RTP`. */
export function parseRtp(bytes: Uint8Array): RtpPacket {
  if (bytes.length < FIXED_BYTES) throw new WireError('LP_RTP', `only ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = view.getUint8(0)
  const second = view.getUint8(1)
  if (first >> 6 !== 2) throw new WireError('LP_RTP', `version ${first >> 6}`)
  let at = FIXED_BYTES + (first & 15) * 4
  if (first & 0x10) {
    if (at + 4 > bytes.length) throw new WireError('LP_RTP', 'the header extension is cut short')
    at += 4 + view.getUint16(at + 2) * 4
  }
  const padding = first & 0x20 ? (bytes[bytes.length - 1] ?? 0) : 0
  if ((first & 0x20 && padding === 0) || at + padding > bytes.length) {
    throw new WireError('LP_RTP', 'header and padding are longer than the packet')
  }
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(at, bytes.length - padding),
  }
}

export function buildRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + packet.payload.length)
  bytes[0] = 0x80
  bytes[1] = (packet.marker ? 0x80 : 0) | packet.payloadType
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2)
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4)
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8)
  bytes.set(packet.payload, FIXED_BYTES)
  return bytes
}

/** RTP and RTCP share a port: 64–95 in the payload type's place is RTCP (RFC 5761 §4). */
export function isRtcp(bytes: Uint8Array): boolean {
  const type = (bytes[1] ?? 0) & 0x7f
  return type >= 64 && type <= 95
}
