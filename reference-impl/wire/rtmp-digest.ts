// The digest ("complex") handshake that Flash introduced and that librtmp and ffmpeg speak.
// It is not part of RTMP 1.0; the layout is the one that those two implement.
import { createHmac, timingSafeEqual } from 'node:crypto'

export const HANDSHAKE_BYTES = 1536
const DIGEST_BYTES = 32

const SALT = Buffer.from('f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae', 'hex')
const PLAYER_NAME = Buffer.from('Genuine Adobe Flash Player 001')
const SERVER_NAME = Buffer.from('Genuine Adobe Flash Media Server 001')

/** `short` signs one's own first packet, `full` derives the key that answers the peer's. */
export interface DigestKey {
  readonly short: Buffer
  readonly full: Buffer
}

export const PLAYER_KEY: DigestKey = {
  short: PLAYER_NAME,
  full: Buffer.concat([PLAYER_NAME, SALT]),
}

export const SERVER_KEY: DigestKey = {
  short: SERVER_NAME,
  full: Buffer.concat([SERVER_NAME, SALT]),
}

/** Scheme 0 keeps its digest in the first block of 764 bytes, scheme 1 in the second. */
export type DigestScheme = 0 | 1

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

function digestOffset(packet: Uint8Array, scheme: DigestScheme): number {
  const base = scheme === 0 ? 8 : 772
  let sum = 0
  for (let i = 0; i < 4; i++) sum += packet[base + i] ?? 0
  return (sum % 728) + base + 4
}

function computeDigest(packet: Uint8Array, scheme: DigestScheme, key: DigestKey): Buffer {
  const at = digestOffset(packet, scheme)
  return hmac(key.short, packet.subarray(0, at), packet.subarray(at + DIGEST_BYTES))
}

export interface FoundDigest {
  readonly scheme: DigestScheme
  readonly digest: Buffer
}

/** The digest in a C1 or S1, when it holds one that `key` signed. */
export function findDigest(packet: Uint8Array, key: DigestKey): FoundDigest | null {
  for (const scheme of [0, 1] as const) {
    const at = digestOffset(packet, scheme)
    const digest = Buffer.from(packet.subarray(at, at + DIGEST_BYTES))
    if (timingSafeEqual(digest, computeDigest(packet, scheme, key))) return { scheme, digest }
  }
  return null
}

/** Signs a C1 or S1 in place and returns its digest. */
export function signPacket(packet: Buffer, scheme: DigestScheme, key: DigestKey): Buffer {
  const digest = computeDigest(packet, scheme, key)
  digest.copy(packet, digestOffset(packet, scheme))
  return digest
}

/** Writes the answer to a peer's digest into the last 32 bytes of an S2 or C2. */
export function signAnswer(packet: Buffer, peerDigest: Uint8Array, key: DigestKey): void {
  answerDigest(packet, peerDigest, key).copy(packet, HANDSHAKE_BYTES - DIGEST_BYTES)
}

export function isAnswer(packet: Uint8Array, ownDigest: Uint8Array, key: DigestKey): boolean {
  const at = HANDSHAKE_BYTES - DIGEST_BYTES
  return timingSafeEqual(packet.subarray(at), answerDigest(packet, ownDigest, key))
}

function answerDigest(packet: Uint8Array, digest: Uint8Array, key: DigestKey): Buffer {
  return hmac(hmac(key.full, digest), packet.subarray(0, HANDSHAKE_BYTES - DIGEST_BYTES))
}
