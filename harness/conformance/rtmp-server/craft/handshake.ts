import { createHmac, randomBytes } from 'node:crypto'

/** Bytes of C1, S1, C2 and S2 (RTMP 1.0 §5.2.3). */
export const HANDSHAKE_SIZE = 1536
const DIGEST_SIZE = 32
const PLAYER_KEY = 'Genuine Adobe Flash Player 001'

export type DigestScheme = 'digest-0' | 'digest-1'

/** C0 and C1 of the plain handshake: time, four zero bytes, random. */
export function simpleHello(version = 3): { c0: Buffer; c1: Buffer } {
  const c1 = randomBytes(HANDSHAKE_SIZE)
  c1.writeUInt32BE(Math.trunc(performance.now()), 0)
  c1.writeUInt32BE(0, 4)
  return { c0: Buffer.from([version]), c1 }
}

/**
 * C0 and C1 of the digest handshake, which Flash and its kin use: a client version instead of the
 * zero bytes, and an HMAC over C1 at a place that four of its bytes point to.
 * Scheme 0 has its pointer at byte 8, scheme 1 at byte 772.
 */
export function digestHello(scheme: DigestScheme): { c0: Buffer; c1: Buffer } {
  const { c0, c1 } = simpleHello()
  Buffer.from([10, 0, 32, 2]).copy(c1, 4)
  const at = digestOffset(c1, scheme)
  const digest = createHmac('sha256', PLAYER_KEY)
    .update(c1.subarray(0, at))
    .update(c1.subarray(at + DIGEST_SIZE))
    .digest()
  digest.copy(c1, at)
  return { c0, c1 }
}

/** Where a block's digest begins. */
function digestOffset(block: Buffer, scheme: DigestScheme): number {
  const pointer = scheme === 'digest-0' ? 8 : 772
  let sum = 0
  for (let i = 0; i < 4; i++) sum += block[pointer + i] ?? 0
  return (sum % 728) + pointer + 4
}

const SERVER_TEXT = 'Genuine Adobe Flash Media Server 001'
const SECRET = Buffer.from(
  'f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae',
  'hex',
)

/** Whether S1 carries a server's digest, in either scheme. */
export function serverDigestIsValid(s1: Buffer): boolean {
  return (['digest-0', 'digest-1'] as const).some((scheme) => {
    const at = digestOffset(s1, scheme)
    const digest = createHmac('sha256', SERVER_TEXT)
      .update(s1.subarray(0, at))
      .update(s1.subarray(at + DIGEST_SIZE))
      .digest()
    return digest.equals(s1.subarray(at, at + DIGEST_SIZE))
  })
}

/** Whether S2 answers a digest C1: its last 32 bytes sign the rest with a key made from C1's digest. */
export function digestAnswerIsValid(c1: Buffer, scheme: DigestScheme, s2: Buffer): boolean {
  const at = digestOffset(c1, scheme)
  const key = createHmac('sha256', Buffer.concat([Buffer.from(SERVER_TEXT), SECRET]))
    .update(c1.subarray(at, at + DIGEST_SIZE))
    .digest()
  const signed = HANDSHAKE_SIZE - DIGEST_SIZE
  return createHmac('sha256', key)
    .update(s2.subarray(0, signed))
    .digest()
    .equals(s2.subarray(signed))
}
