// SRT draft §3.2.1: the handshake's control information field.
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { MAX_SRT_EXTENSIONS } from './limits.ts'

export const SrtHandshakeType = {
  induction: 1,
  waveHand: 0,
  conclusion: 0xffffffff,
  agreement: 0xfffffffe,
  done: 0xfffffffd,
} as const

/** What a listener's answer to an induction has in the extension field. */
export const SRT_MAGIC = 0x4a17
/** Extension field of an induction: a datagram socket. */
export const SRT_DATAGRAM = 2

export const SrtExtensionFlag = { handshake: 1, keyMaterial: 2, config: 4 } as const

export const SrtExtensionType = {
  handshakeRequest: 1,
  handshakeResponse: 2,
  keyMaterialRequest: 3,
  keyMaterialResponse: 4,
  streamId: 5,
  congestion: 6,
  filter: 7,
  group: 8,
} as const

export interface SrtExtension {
  /** `SrtExtensionType` */
  readonly type: number
  /** A whole number of 32-bit words. */
  readonly content: Uint8Array
}

export interface SrtHandshake {
  readonly version: number
  /** Key length / 8: 2, 3, 4; 0: not said. */
  readonly encryption: number
  readonly extensionField: number
  readonly initialSequence: number
  /** Largest packet with IP and UDP headers, bytes. */
  readonly mtu: number
  /** Packets in flight at most. */
  readonly flowWindow: number
  /** `SrtHandshakeType`, or a reject code of 1000 and more. */
  readonly type: number
  readonly socketId: number
  readonly cookie: number
  /** 16 bytes, as sent */
  readonly peerAddress: Uint8Array
  readonly extensions: readonly SrtExtension[]
}

const FIXED_BYTES = 48

/**
 * Extensions are read where they can be: in a conclusion. Throws `LP_WIRE_SHORT`, `LP_SRT_HANDSHAKE`.
 */
export function parseSrtHandshake(body: Uint8Array): SrtHandshake {
  const reader = new ByteReader(body)
  const version = reader.u32()
  const encryption = reader.u16()
  const extensionField = reader.u16()
  const initialSequence = reader.u32()
  const mtu = reader.u32()
  const flowWindow = reader.u32()
  const type = reader.u32()
  const socketId = reader.u32()
  const cookie = reader.u32()
  const peerAddress = reader.take(16)
  const extensions: SrtExtension[] = []
  while (type === SrtHandshakeType.conclusion && reader.remaining > 0) {
    if (extensions.length >= MAX_SRT_EXTENSIONS) {
      throw new WireError('LP_SRT_HANDSHAKE', `more than ${MAX_SRT_EXTENSIONS} extensions`)
    }
    const extension = reader.u16()
    extensions.push({ type: extension, content: reader.take(reader.u16() * 4) })
  }
  const fixed = { version, encryption, extensionField, initialSequence, mtu, flowWindow }
  return { ...fixed, type, socketId, cookie, peerAddress, extensions }
}

/** Throws `TypeError` for an extension that is no whole number of words. */
export function buildSrtHandshake(handshake: SrtHandshake): Buffer {
  const writer = new ByteWriter(FIXED_BYTES + 64)
    .u32(handshake.version)
    .u16(handshake.encryption)
    .u16(handshake.extensionField)
    .u32(handshake.initialSequence)
    .u32(handshake.mtu)
    .u32(handshake.flowWindow)
    .u32(handshake.type)
    .u32(handshake.socketId)
    .u32(handshake.cookie)
    .bytes(sixteen(handshake.peerAddress))
  for (const { type, content } of handshake.extensions) {
    if (content.length % 4 !== 0) throw new TypeError(`extension of ${content.length} bytes`)
    writer
      .u16(type)
      .u16(content.length / 4)
      .bytes(content)
  }
  return writer.finish()
}

function sixteen(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(16)
  out.set(bytes.subarray(0, 16))
  return out
}
