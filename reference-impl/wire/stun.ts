// STUN (RFC 8489): messages, as ICE (RFC 8445) and TURN (RFC 8656) use them.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { crc32 } from 'node:zlib'
import { WireError } from '../errors.ts'
import { MAX_STUN_ATTRIBUTES } from './limits.ts'

export const STUN_HEADER_BYTES = 20
const MAGIC = 0x2112a442
const FINGERPRINT_XOR = 0x5354554e
const INTEGRITY_BYTES = 20

export const StunMethod = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const

export const StunClass = { request: 0, indication: 1, success: 2, error: 3 } as const

export const StunAttribute = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const

export interface StunMessage {
  readonly method: number
  readonly class: number
  /** 12 bytes */
  readonly transaction: Uint8Array
  readonly attributes: readonly StunValue[]
  /** Where MESSAGE-INTEGRITY begins; null without one. */
  readonly integrityAt: number | null
}

export interface StunValue {
  readonly type: number
  readonly value: Uint8Array
}

export interface SocketAddress {
  readonly host: string
  readonly port: number
}

/** Whether a datagram is STUN rather than DTLS, RTP or a TURN channel (RFC 7983 §7). */
export function isStun(bytes: Uint8Array): boolean {
  return (
    bytes.length >= STUN_HEADER_BYTES &&
    (bytes[0] ?? 255) < 4 &&
    bytes[4] === 0x21 &&
    bytes[5] === 0x12 &&
    bytes[6] === 0xa4 &&
    bytes[7] === 0x42
  )
}

/** Throws `LP_STUN`. What stands behind MESSAGE-INTEGRITY is not read, but for FINGERPRINT. */
export function parseStun(bytes: Uint8Array): StunMessage {
  if (!isStun(bytes)) throw new WireError('LP_STUN', 'not a STUN message')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = view.getUint16(0)
  const length = view.getUint16(2)
  if (length % 4 !== 0 || STUN_HEADER_BYTES + length !== bytes.length) {
    throw new WireError('LP_STUN', `a length of ${length} in ${bytes.length} bytes`)
  }
  const attributes: StunValue[] = []
  let integrityAt: number | null = null
  for (let at = STUN_HEADER_BYTES; at < bytes.length; ) {
    if (attributes.length >= MAX_STUN_ATTRIBUTES)
      throw new WireError('LP_STUN', 'too many attributes')
    const kind = view.getUint16(at)
    const size = view.getUint16(at + 2)
    if (at + 4 + size > bytes.length) throw new WireError('LP_STUN', 'an attribute is cut short')
    const value = bytes.subarray(at + 4, at + 4 + size)
    if (kind === StunAttribute.messageIntegrity && integrityAt === null) integrityAt = at
    else if (integrityAt === null) attributes.push({ type: kind, value })
    else if (kind === StunAttribute.fingerprint) checkFingerprint(bytes, at, value)
    at += 4 + size + ((4 - (size % 4)) % 4)
  }
  return {
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    class: ((type & 0x0010) >> 4) | ((type & 0x0100) >> 7),
    transaction: bytes.subarray(8, STUN_HEADER_BYTES),
    attributes,
    integrityAt,
  }
}

function checkFingerprint(bytes: Uint8Array, at: number, value: Uint8Array): void {
  const expected = (crc32(bytes.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0
  if (value.length !== 4 || Buffer.from(value).readUInt32BE() !== expected) {
    throw new WireError('LP_STUN', 'the fingerprint is wrong')
  }
}

export function stunValue(message: StunMessage, type: number): Uint8Array | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value
}

export function stunText(message: StunMessage, type: number): string | undefined {
  const value = stunValue(message, type)
  return value === undefined ? undefined : Buffer.from(value).toString('utf8')
}

/** Whether MESSAGE-INTEGRITY is there and made with `key` (RFC 8489 §14.5). */
export function stunIntegrityHolds(
  bytes: Uint8Array,
  message: StunMessage,
  key: Uint8Array | string,
): boolean {
  const at = message.integrityAt
  if (at === null || at + 4 + INTEGRITY_BYTES > bytes.length) return false
  if (bytes[at + 2] !== 0 || bytes[at + 3] !== INTEGRITY_BYTES) return false
  const said = bytes.subarray(at + 4, at + 4 + INTEGRITY_BYTES)
  return timingSafeEqual(said, integrityOf(bytes.subarray(0, at), key))
}

function integrityOf(bytes: Uint8Array, key: Uint8Array | string): Buffer {
  const covered = Buffer.from(bytes)
  covered.writeUInt16BE(bytes.length - STUN_HEADER_BYTES + 4 + INTEGRITY_BYTES, 2)
  return createHmac('sha1', key).update(covered).digest()
}

export interface StunContent {
  readonly method: number
  readonly class: number
  readonly transaction: Uint8Array
  readonly attributes: readonly StunValue[]
  /** Adds MESSAGE-INTEGRITY. */
  readonly key?: Uint8Array | string
  /** Adds FINGERPRINT. */
  readonly fingerprint?: boolean
}

export function buildStun(content: StunContent): Buffer {
  const { method, transaction } = content
  const type =
    (method & 0x0f) |
    ((method & 0x70) << 1) |
    ((method & 0xf80) << 2) |
    ((content.class & 1) << 4) |
    ((content.class & 2) << 7)
  const header = Buffer.alloc(STUN_HEADER_BYTES)
  header.writeUInt16BE(type, 0)
  header.writeUInt32BE(MAGIC, 4)
  header.set(transaction, 8)
  let bytes = Buffer.concat([header, ...content.attributes.map(encodeAttribute)])
  if (content.key !== undefined) {
    const value = integrityOf(bytes, content.key)
    bytes = Buffer.concat([bytes, encodeAttribute({ type: StunAttribute.messageIntegrity, value })])
  }
  if (content.fingerprint) {
    bytes.writeUInt16BE(bytes.length - STUN_HEADER_BYTES + 8, 2)
    const value = Buffer.alloc(4)
    value.writeUInt32BE((crc32(bytes) ^ FINGERPRINT_XOR) >>> 0)
    bytes = Buffer.concat([bytes, encodeAttribute({ type: StunAttribute.fingerprint, value })])
  }
  bytes.writeUInt16BE(bytes.length - STUN_HEADER_BYTES, 2)
  return bytes
}

function encodeAttribute({ type, value }: StunValue): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
  padded.writeUInt16BE(type, 0)
  padded.writeUInt16BE(value.length, 2)
  padded.set(value, 4)
  return padded
}

/** XOR-MAPPED-ADDRESS and its kin (RFC 8489 §14.2). */
export function xorAddress(address: SocketAddress, transaction: Uint8Array): Buffer {
  const plain = addressBytes(address.host)
  const value = Buffer.alloc(4 + plain.length)
  value[1] = plain.length === 4 ? 1 : 2
  value.writeUInt16BE(address.port ^ (MAGIC >>> 16), 2)
  const mask = maskOf(transaction)
  for (const [i, byte] of plain.entries()) value[4 + i] = byte ^ (mask[i] ?? 0)
  return value
}

/** Throws `LP_STUN`. */
export function parseXorAddress(value: Uint8Array, transaction: Uint8Array): SocketAddress {
  const family = value[1]
  const size = family === 1 ? 4 : family === 2 ? 16 : 0
  if (size === 0 || value.length !== 4 + size) throw new WireError('LP_STUN', 'not an address')
  const port = (((value[2] ?? 0) << 8) | (value[3] ?? 0)) ^ (MAGIC >>> 16)
  const mask = maskOf(transaction)
  const bytes = Array.from(value.subarray(4), (byte, i) => byte ^ (mask[i] ?? 0))
  if (size === 4) return { host: bytes.join('.'), port }
  const groups: string[] = []
  for (let i = 0; i < 16; i += 2) {
    groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16))
  }
  return { host: groups.join(':'), port }
}

function maskOf(transaction: Uint8Array): Uint8Array {
  return Uint8Array.from([0x21, 0x12, 0xa4, 0x42, ...transaction])
}

function addressBytes(host: string): number[] {
  if (isIPv4(host)) return host.split('.').map(Number)
  const [head = '', tail] = (host.split('%')[0] ?? '').split('::')
  const groups = (text: string) =>
    text.split(':').flatMap((group) => {
      if (group === '') return []
      if (isIPv4(group)) {
        const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
        return [(a << 8) | b, (c << 8) | d]
      }
      return [Number.parseInt(group, 16)]
    })
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const zeros = new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0)
  return [...before, ...(tail === undefined ? [] : zeros), ...after].flatMap((group) => [
    group >> 8,
    group & 255,
  ])
}

/** ERROR-CODE (RFC 8489 §14.8). */
export function stunErrorCode(code: number, reason: string): StunValue {
  const head = Buffer.from([0, 0, Math.trunc(code / 100), code % 100])
  return { type: StunAttribute.errorCode, value: Buffer.concat([head, Buffer.from(reason)]) }
}
