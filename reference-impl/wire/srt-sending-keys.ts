import { randomBytes } from 'node:crypto'
import {
  buildSrtKeyMaterial,
  deriveSrtWrapKey,
  type SrtKeyBytes,
  wrapSrtKeys,
} from './srt-key-material.ts'
import { SrtKey } from './srt-packet.ts'
import { cryptSrtPayload } from './srt-payload-crypto.ts'

export interface SendingKeysOptions {
  readonly passphrase: string
  readonly keyBytes: SrtKeyBytes
  /** Packets that one key encrypts; libsrt: 2^24. */
  readonly refreshPackets?: number
  /** Packets before the refresh, at which the next key is announced; libsrt: 4,000. */
  readonly announcePackets?: number
}

/** A sender's keys: the one in use, the next, and what announces them (draft §6.1.6). */
export class SendingKeys {
  readonly #options: SendingKeysOptions
  readonly #salt = randomBytes(16)
  readonly #wrapKey: Buffer
  #current: Buffer
  #next: Buffer | null = null
  #which: 1 | 2 = SrtKey.even
  #used = 0

  constructor(options: SendingKeysOptions) {
    this.#options = options
    const { passphrase, keyBytes } = options
    this.#wrapKey = deriveSrtWrapKey(passphrase, this.#salt, keyBytes)
    this.#current = randomBytes(keyBytes)
  }

  get keyBytes(): SrtKeyBytes {
    return this.#options.keyBytes
  }

  /** Key material of the key in use, for the handshake. */
  material(): Buffer {
    return this.#material(this.#which, this.#current)
  }

  encrypt(sequence: number, payload: Uint8Array): { payload: Buffer; which: number } {
    const { refreshPackets = 2 ** 24 } = this.#options
    if (this.#used >= refreshPackets && this.#next !== null) {
      this.#current = this.#next
      this.#next = null
      this.#which = this.#which === SrtKey.even ? SrtKey.odd : SrtKey.even
      this.#used = 0
    }
    this.#used += 1
    const encrypted = cryptSrtPayload(this.#current, this.#salt, sequence, payload)
    return { payload: encrypted, which: this.#which }
  }

  /** Key material of both keys, once, when the next is due to be announced. */
  announcement(): Buffer | null {
    const { refreshPackets = 2 ** 24, announcePackets = 4_000 } = this.#options
    if (this.#next !== null || this.#used < refreshPackets - announcePackets) return null
    this.#next = randomBytes(this.#options.keyBytes)
    const isEven = this.#which === SrtKey.even
    const both = isEven ? [this.#current, this.#next] : [this.#next, this.#current]
    return this.#material(SrtKey.both, Buffer.concat(both))
  }

  #material(keys: number, plain: Uint8Array): Buffer {
    const wrapped = wrapSrtKeys(this.#wrapKey, plain)
    return buildSrtKeyMaterial({
      keys,
      salt: this.#salt,
      keyBytes: this.#options.keyBytes,
      wrapped,
    })
  }
}
