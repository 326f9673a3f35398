// SRT draft §3.2.2 and §6.1–6.2: key material messages; RFC 3394 key wrap; RFC 8018 PBKDF2.
import { createCipheriv, createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { SrtKey } from './srt-packet.ts'

export type SrtKeyBytes = 16 | 24 | 32

export interface SrtKeyMaterial {
  /** `SrtKey`: even, odd or both. */
  readonly keys: number
  readonly salt: Uint8Array
  readonly keyBytes: SrtKeyBytes
  /** One or two keys behind an integrity check of 8 bytes. */
  readonly wrapped: Uint8Array
}

/** What a peer answers with, instead of key material, when it cannot use it. */
export const SrtKeyState = {
  unsecured: 0,
  securing: 1,
  secured: 2,
  noSecret: 3,
  badSecret: 4,
} as const

const VERSION_AND_TYPE = 0x12
const SIGNATURE = 0x2029
const CIPHER_AES_CTR = 2
const ENCAPSULATION_SRT = 2
const SALT_BYTES = 16
const CHECK_BYTES = 8
const PBKDF2_ITERATIONS = 2048
const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex')

/** Every length is checked against the bytes that are there. Throws `LP_SRT_KM`, `LP_WIRE_SHORT`. */
export function parseSrtKeyMaterial(content: Uint8Array): SrtKeyMaterial {
  const reader = new ByteReader(content)
  const head = reader.u8()
  const signature = reader.u16()
  if (head !== VERSION_AND_TYPE || signature !== SIGNATURE) throw bad('not a key material message')
  const keys = reader.u8() & 3
  if (keys === SrtKey.none) throw bad('key material without a key')
  reader.skip(4) // index of the key encrypting key: always the passphrase's
  const cipher = reader.u8()
  const authentication = reader.u8()
  if (cipher !== CIPHER_AES_CTR || authentication !== 0) throw bad(`cipher ${cipher}`)
  reader.skip(4)
  const saltBytes = reader.u8() * 4
  const keyBytes = reader.u8() * 4
  if (saltBytes !== SALT_BYTES) throw bad(`salt of ${saltBytes} bytes`)
  if (keyBytes !== 16 && keyBytes !== 24 && keyBytes !== 32) throw bad(`key of ${keyBytes} bytes`)
  const salt = reader.take(saltBytes)
  const count = keys === SrtKey.both ? 2 : 1
  const wrapped = reader.rest()
  if (wrapped.length !== count * keyBytes + CHECK_BYTES) {
    throw bad(`${count} wrapped keys in ${wrapped.length} bytes`)
  }
  return { keys, salt, keyBytes, wrapped }
}

function bad(message: string): WireError {
  return new WireError('LP_SRT_KM', message)
}

export function buildSrtKeyMaterial(material: SrtKeyMaterial): Buffer {
  return new ByteWriter(96)
    .u8(VERSION_AND_TYPE)
    .u16(SIGNATURE)
    .u8(material.keys)
    .u32(0)
    .u8(CIPHER_AES_CTR)
    .u8(0)
    .u8(ENCAPSULATION_SRT)
    .u8(0)
    .u16(0)
    .u8(SALT_BYTES / 4)
    .u8(material.keyBytes / 4)
    .bytes(material.salt)
    .bytes(material.wrapped)
    .finish()
}

/** The key that wraps keys: about a millisecond of work. */
export function deriveSrtWrapKey(passphrase: string, salt: Uint8Array, keyBytes: number): Buffer {
  return pbkdf2Sync(passphrase, salt.subarray(SALT_BYTES - 8), PBKDF2_ITERATIONS, keyBytes, 'sha1')
}

/** `keys`: one or two, one behind the other. */
export function wrapSrtKeys(wrapKey: Uint8Array, keys: Uint8Array): Buffer {
  const cipher = createCipheriv(`id-aes${wrapKey.length * 8}-wrap`, wrapKey, WRAP_IV)
  return Buffer.concat([cipher.update(keys), cipher.final()])
}

/** The keys, or null when the passphrase is not the one that they were wrapped with. */
export function unwrapSrtKeys(wrapKey: Uint8Array, wrapped: Uint8Array): Buffer | null {
  try {
    const cipher = createDecipheriv(`id-aes${wrapKey.length * 8}-wrap`, wrapKey, WRAP_IV)
    return Buffer.concat([cipher.update(wrapped), cipher.final()])
  } catch {
    return null
  }
}
