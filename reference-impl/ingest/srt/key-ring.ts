import { WireError } from '../../errors.ts'
import {
  deriveSrtWrapKey,
  parseSrtKeyMaterial,
  type SrtKeyBytes,
  unwrapSrtKeys,
} from '../../wire/srt-key-material.ts'
import { SrtKey } from '../../wire/srt-packet.ts'
import { cryptSrtPayload } from '../../wire/srt-payload-crypto.ts'

/** The keys that a caller sends, and what is decrypted with them. */
export class KeyRing {
  readonly #passphrase: string
  /** Spends one derivation; false when there are too many. */
  readonly #maySpend: () => boolean
  #even: Buffer | null = null
  #odd: Buffer | null = null
  #salt: Uint8Array = new Uint8Array(0)
  #wrapKey: Buffer | null = null
  #keyBytes: SrtKeyBytes = 16

  constructor(passphrase: string, maySpend: () => boolean = () => true) {
    this.#passphrase = passphrase
    this.#maySpend = maySpend
  }

  /** bytes */
  get keyBytes(): SrtKeyBytes {
    return this.#keyBytes
  }

  /**
   * Takes the keys of a KMREQ. `busy`: too many derivations just now; ask again.
   * Throws `LP_SRT_KM`, `LP_WIRE_SHORT` for a message that is none.
   */
  accept(content: Uint8Array): 'accepted' | 'wrong-passphrase' | 'busy' {
    const { keys, salt, keyBytes, wrapped } = parseSrtKeyMaterial(content)
    let wrapKey = this.#wrapKey
    if (wrapKey === null || keyBytes !== this.#keyBytes || !Buffer.from(salt).equals(this.#salt)) {
      if (!this.#maySpend()) return 'busy'
      wrapKey = deriveSrtWrapKey(this.#passphrase, salt, keyBytes)
    }
    const plain = unwrapSrtKeys(wrapKey, wrapped)
    if (plain === null) return 'wrong-passphrase'
    this.#wrapKey = wrapKey
    this.#salt = Buffer.from(salt)
    this.#keyBytes = keyBytes
    const last = plain.subarray(plain.length - keyBytes)
    if (keys & SrtKey.even) this.#even = plain.subarray(0, keyBytes)
    if (keys & SrtKey.odd) this.#odd = last
    return 'accepted'
  }

  /** Null when there is no such key. Throws `LP_SRT_KEY_FLAG` for a packet that names both. */
  decrypt(which: number, sequence: number, payload: Uint8Array): Uint8Array | null {
    if (which === SrtKey.both) throw new WireError('LP_SRT_KEY_FLAG', 'a payload with two keys')
    const key = which === SrtKey.even ? this.#even : this.#odd
    return key === null ? null : cryptSrtPayload(key, this.#salt, sequence, payload)
  }
}
