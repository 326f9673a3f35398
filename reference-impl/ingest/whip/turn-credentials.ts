import { createHash, createHmac, randomBytes } from 'node:crypto'
import {
  type SocketAddress,
  StunAttribute,
  type StunMessage,
  type StunValue,
  stunIntegrityHolds,
  stunText,
} from '../../wire/stun.ts'
import { keyOf } from './media-port.ts'

const REALM = 'liveproof'

/** Long-term credentials (RFC 8489 §9.2) of the one user that the demo's relay has. */
export class TurnCredentials {
  readonly username = 'liveproof'
  readonly credential: string = randomBytes(12).toString('hex')
  /** Of MESSAGE-INTEGRITY. */
  readonly key: Buffer
  readonly #secret = randomBytes(32)

  constructor() {
    const text = `${this.username}:${REALM}:${this.credential}`
    this.key = createHash('md5').update(text).digest()
  }

  check(bytes: Uint8Array, message: StunMessage, from: SocketAddress): 'ok' | 'wrong' | 'stale' {
    const known = stunText(message, StunAttribute.username) === this.username
    if (!known || !stunIntegrityHolds(bytes, message, this.key)) return 'wrong'
    return stunText(message, StunAttribute.nonce) === this.#nonceOf(from) ? 'ok' : 'stale'
  }

  challenge(from: SocketAddress): StunValue[] {
    return [
      { type: StunAttribute.realm, value: Buffer.from(REALM) },
      { type: StunAttribute.nonce, value: Buffer.from(this.#nonceOf(from)) },
    ]
  }

  /** Bound to the address, so that it needs no memory. */
  #nonceOf(from: SocketAddress): string {
    return createHmac('sha256', this.#secret).update(keyOf(from)).digest('hex').slice(0, 32)
  }
}
