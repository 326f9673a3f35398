// TURN (RFC 8656): attributes as this server reads and writes them.
import { StunAttribute, type StunMessage, type StunValue, stunValue } from '../../wire/stun.ts'
import type { TurnLimits } from './turn-limits.ts'

const FIRST_CHANNEL = 0x4000
const LAST_CHANNEL = 0x4fff
const UDP = 17

/** s, of an answer */
export function lifetimeOf(seconds: number): StunValue {
  const value = Buffer.alloc(4)
  value.writeUInt32BE(seconds)
  return { type: StunAttribute.lifetime, value }
}

/** s that a client gets of what it asks for; 0: it wants no more. */
export function grantedLifetime(message: StunMessage, limits: TurnLimits): number {
  const value = stunValue(message, StunAttribute.lifetime)
  const { defaultLifetime, maxLifetime } = limits
  const asked = value?.length === 4 ? Buffer.from(value).readUInt32BE() : defaultLifetime
  return asked === 0 ? 0 : Math.min(Math.max(asked, defaultLifetime), maxLifetime)
}

/** Null for none, or one that is none. */
export function channelOf(message: StunMessage): number | null {
  const value = stunValue(message, StunAttribute.channelNumber)
  const channel = value === undefined ? 0 : ((value[0] ?? 0) << 8) | (value[1] ?? 0)
  return channel >= FIRST_CHANNEL && channel <= LAST_CHANNEL ? channel : null
}

/** Whether a datagram begins like ChannelData. */
export function isChannelData(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0
  return first >= FIRST_CHANNEL >> 8 && first <= LAST_CHANNEL >> 8
}

export function wantsUdp(message: StunMessage): boolean {
  return stunValue(message, StunAttribute.requestedTransport)?.[0] === UDP
}
