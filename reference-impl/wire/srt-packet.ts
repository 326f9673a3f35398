// SRT draft §3.1–3.2: the 16-byte header of data and control packets.
import { WireError } from '../errors.ts'

export const SRT_HEADER_BYTES = 16

export const SrtControl = {
  handshake: 0,
  keepAlive: 1,
  ack: 2,
  nak: 3,
  congestionWarning: 4,
  shutdown: 5,
  ackAck: 6,
  dropRequest: 7,
  peerError: 8,
  userDefined: 0x7fff,
} as const

/** Place of a packet in its message: live mode sends one packet a message. */
export const SrtPosition = { middle: 0, last: 1, first: 2, only: 3 } as const

/** Which key a payload is encrypted with. */
export const SrtKey = { none: 0, even: 1, odd: 2, both: 3 } as const

export interface SrtDataPacket {
  readonly control: false
  /** 31 bits */
  readonly sequence: number
  readonly position: number
  readonly inOrder: boolean
  /** `SrtKey` */
  readonly key: number
  readonly retransmitted: boolean
  /** 26 bits */
  readonly message: number
  /** µs since the sender's start, 32 bits, wrapping */
  readonly timestamp: number
  readonly destination: number
  readonly payload: Uint8Array
}

export interface SrtControlPacket {
  readonly control: true
  /** `SrtControl` */
  readonly type: number
  readonly subtype: number
  /** Type-specific information. */
  readonly info: number
  /** µs since the sender's start, 32 bits, wrapping */
  readonly timestamp: number
  readonly destination: number
  readonly body: Uint8Array
}

/** Bodies are views. Throws `LP_SRT_SHORT`. */
export function parseSrtPacket(bytes: Uint8Array): SrtDataPacket | SrtControlPacket {
  if (bytes.length < SRT_HEADER_BYTES) {
    throw new WireError('LP_SRT_SHORT', `SRT packet of ${bytes.length} bytes`)
  }
  const first = u32(bytes, 0)
  const second = u32(bytes, 4)
  const timestamp = u32(bytes, 8)
  const destination = u32(bytes, 12)
  const rest = bytes.subarray(SRT_HEADER_BYTES)
  if (first >= 0x80000000) {
    const type = (first >>> 16) & 0x7fff
    const subtype = first & 0xffff
    return { control: true, type, subtype, info: second, timestamp, destination, body: rest }
  }
  return {
    control: false,
    sequence: first,
    position: second >>> 30,
    inOrder: (second & 0x20000000) !== 0,
    key: (second >>> 27) & 3,
    retransmitted: (second & 0x04000000) !== 0,
    message: second & 0x03ffffff,
    timestamp,
    destination,
    payload: rest,
  }
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  )
}

export function buildSrtData(packet: Omit<SrtDataPacket, 'control'>): Buffer {
  const out = Buffer.allocUnsafe(SRT_HEADER_BYTES + packet.payload.length)
  out.writeUInt32BE(packet.sequence & 0x7fffffff, 0)
  out.writeUInt32BE(
    ((packet.position << 30) |
      (packet.inOrder ? 0x20000000 : 0) |
      (packet.key << 27) |
      (packet.retransmitted ? 0x04000000 : 0) |
      (packet.message & 0x03ffffff)) >>>
      0,
    4,
  )
  out.writeUInt32BE(packet.timestamp >>> 0, 8)
  out.writeUInt32BE(packet.destination >>> 0, 12)
  out.set(packet.payload, SRT_HEADER_BYTES)
  return out
}

export interface SrtControlFields {
  readonly type: number
  readonly subtype?: number
  readonly info?: number
  readonly timestamp: number
  readonly destination: number
  readonly body?: Uint8Array
}

export function buildSrtControl(packet: SrtControlFields): Buffer {
  const { type, subtype = 0, info = 0, timestamp, destination, body } = packet
  // libsrt pads packets without a body with one word; receivers ignore it.
  const out = Buffer.alloc(SRT_HEADER_BYTES + (body?.length ?? 4))
  out.writeUInt32BE((0x80000000 | (type << 16) | subtype) >>> 0, 0)
  out.writeUInt32BE(info >>> 0, 4)
  out.writeUInt32BE(timestamp >>> 0, 8)
  out.writeUInt32BE(destination >>> 0, 12)
  if (body) out.set(body, SRT_HEADER_BYTES)
  return out
}
