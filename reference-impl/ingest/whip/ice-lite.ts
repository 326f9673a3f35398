import { randomBytes } from 'node:crypto'
import { WireError } from '../../errors.ts'
import {
  buildStun,
  parseStun,
  type SocketAddress,
  StunAttribute,
  StunClass,
  type StunMessage,
  StunMethod,
  stunErrorCode,
  stunIntegrityHolds,
  stunText,
  stunValue,
  xorAddress,
} from '../../wire/stun.ts'
import type { IceCredentials } from './negotiate.ts'

export interface IceCheck {
  readonly answer: Buffer
  /** The check was made with our password: the peer may send from there. */
  readonly valid: boolean
  /** The peer chose this address to send its media from. */
  readonly nominated: boolean
}

/**
 * The server's side of ICE, lite (RFC 8445 §2.5): it answers checks and never sends any, so no
 * offer can make it send anything anywhere before the receiver has shown that it knows our password.
 */
export class IceLiteAgent {
  #current: IceCredentials = newCredentials()
  /** Still answered, until the peer uses the current ones. */
  #previous: IceCredentials | null = null

  get credentials(): IceCredentials {
    return this.#current
  }

  /** Both are answered after a restart. */
  get ufrags(): string[] {
    const { ufrag } = this.#current
    return this.#previous === null ? [ufrag] : [ufrag, this.#previous.ufrag]
  }

  restart(): IceCredentials {
    this.#previous = this.#current
    this.#current = newCredentials()
    return this.#current
  }

  /** A STUN message of this agent's username fragment; null for what is not answered. */
  check(bytes: Uint8Array, message: StunMessage, from: SocketAddress): IceCheck | null {
    if (message.method !== StunMethod.binding || message.class !== StunClass.request) return null
    const ufrag = localUfragOf(message)
    const known = [this.#current, this.#previous].find((pair) => pair?.ufrag === ufrag)
    if (!known || !stunIntegrityHolds(bytes, message, known.password)) {
      return refusal(message, 401, 'Unauthenticated')
    }
    if (stunValue(message, StunAttribute.iceControlled) !== undefined) {
      return refusal(message, 487, 'Role Conflict', known.password)
    }
    if (known === this.#current) this.#previous = null
    const mapped = {
      type: StunAttribute.xorMappedAddress,
      value: xorAddress(from, message.transaction),
    }
    const answer = buildStun({
      method: StunMethod.binding,
      class: StunClass.success,
      transaction: message.transaction,
      attributes: [mapped],
      key: known.password,
      fingerprint: true,
    })
    const nominated = stunValue(message, StunAttribute.useCandidate) !== undefined
    return { answer, valid: true, nominated }
  }
}

function newCredentials(): IceCredentials {
  return {
    ufrag: randomBytes(6).toString('hex'),
    password: randomBytes(18).toString('base64').replaceAll('=', ''),
  }
}

/** The receiver's half of USERNAME (RFC 8445 §7.2.2). */
export function localUfragOf(message: StunMessage): string {
  return stunText(message, StunAttribute.username)?.split(':')[0] ?? ''
}

/** Null for what is no STUN message. */
export function readStun(bytes: Uint8Array): StunMessage | null {
  try {
    return parseStun(bytes)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

function refusal(message: StunMessage, code: number, reason: string, key?: string): IceCheck {
  const answer = buildStun({
    method: message.method,
    class: StunClass.error,
    transaction: message.transaction,
    attributes: [stunErrorCode(code, reason)],
    ...(key === undefined ? {} : { key }),
    fingerprint: true,
  })
  return { answer, valid: false, nominated: false }
}
