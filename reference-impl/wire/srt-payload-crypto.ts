// SRT draft §6.3: AES in counter mode over the payload.
import { createCipheriv } from 'node:crypto'

/**
 * Encrypts and decrypts, which is the same. The counter begins with 112 bits of the salt, of which
 * the lowest 32 are combined with the sequence number, and 16 bits that count blocks.
 */
export function cryptSrtPayload(
  key: Uint8Array,
  salt: Uint8Array,
  sequence: number,
  payload: Uint8Array,
): Buffer {
  const iv = Buffer.alloc(16)
  iv.set(salt.subarray(0, 14))
  iv.writeUInt32BE((iv.readUInt32BE(10) ^ sequence) >>> 0, 10)
  return createCipheriv(`aes-${key.length * 8}-ctr`, key, iv).update(payload)
}
