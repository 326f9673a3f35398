import { describe, expect, it } from 'vitest'
import {
  buildStun,
  parseStun,
  parseXorAddress,
  StunAttribute,
  StunClass,
  StunMethod,
  type StunValue,
  stunIntegrityHolds,
  stunValue,
} from '../../wire/stun.ts'
import { IceLiteAgent } from './ice-lite.ts'
import type { IceCredentials } from './negotiate.ts'

const FROM = { host: '127.0.0.1', port: 5_000 }
const NOMINATED = { type: StunAttribute.useCandidate, value: Buffer.alloc(0) }
const CONTROLLED = { type: StunAttribute.iceControlled, value: Buffer.alloc(8) }

function check(agent: IceLiteAgent, to: IceCredentials, more: readonly StunValue[] = []) {
  const bytes = buildStun({
    method: StunMethod.binding,
    class: StunClass.request,
    transaction: Buffer.alloc(12, 4),
    attributes: [
      { type: StunAttribute.username, value: Buffer.from(`${to.ufrag}:theirs`) },
      ...more,
    ],
    key: to.password,
    fingerprint: true,
  })
  return agent.check(bytes, parseStun(bytes), FROM)
}

describe('an ICE lite agent', () => {
  it('answers a check with the address that it came from, signed', () => {
    const agent = new IceLiteAgent()
    const result = check(agent, agent.credentials, [NOMINATED])
    expect(result).toMatchObject({ valid: true, nominated: true })
    const answer = parseStun(result?.answer ?? Buffer.alloc(0))
    const mapped = stunValue(answer, StunAttribute.xorMappedAddress) ?? Buffer.alloc(0)
    expect(answer.class).toBe(StunClass.success)
    expect(parseXorAddress(mapped, answer.transaction)).toEqual(FROM)
    expect(stunIntegrityHolds(result!.answer, answer, agent.credentials.password)).toBe(true)
  })

  it('believes nobody without the password, and no peer that would be controlled', () => {
    const agent = new IceLiteAgent()
    const wrong = { ...agent.credentials, password: 'x'.repeat(22) }
    expect(check(agent, wrong, [NOMINATED])).toMatchObject({ valid: false, nominated: false })
    expect(check(agent, agent.credentials, [CONTROLLED])).toMatchObject({ valid: false })
  })

  it('answers both credentials after a restart, until the new ones were used', () => {
    const agent = new IceLiteAgent()
    const before = agent.credentials
    const after = agent.restart()
    expect(agent.ufrags).toEqual([after.ufrag, before.ufrag])
    expect(check(agent, before)?.valid).toBe(true)
    expect(check(agent, after)?.valid).toBe(true)
    expect(check(agent, before)?.valid).toBe(false)
  })
})
