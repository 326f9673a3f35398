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

/** What Livepeer's clients log in with at whatever host they are sent to. */
const LIVEPEER = 'livepeer'

/**
 * Long-term credentials (RFC 8489 §9.2) of the two users that the demo's relay has: one whose
 * secret is told with each answer, and one that everybody knows, who is let in because the relay
 * reaches nothing but this ingest.
 */
export class TurnCredentials {
  readonly username = 'liveproof'
  readonly credential: string = randomBytes(12).toString('hex')
  /** Of MESSAGE-INTEGRITY, by user. */
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #secret = randomBytes(32)

  constructor() {
    this.#keys = new Map([
      [this.username, keyFor(this.username, this.credential)],
      [LIVEPEER, keyFor(LIVEPEER, LIVEPEER)],
    ])
  }

  check(
    bytes: Uint8Array,
    message: StunMessage,
    from: SocketAddress,
  ): { readonly key: Buffer } | 'wrong' | 'stale' {
    const key = this.#keys.get(stunText(message, StunAttribute.username) ?? '')
    if (key === undefined || !stunIntegrityHolds(bytes, message, key)) return 'wrong'
    return stunText(message, StunAttribute.nonce) === this.#nonceOf(from) ? { key } : 'stale'
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

function keyFor(username: string, credential: string): Buffer {
  return createHash('md5').update(`${username}:${REALM}:${credential}`).digest()
}
