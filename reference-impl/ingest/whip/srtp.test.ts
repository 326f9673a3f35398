import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadWerift, type Werift } from './dtls-link.ts'
import { PacketIndex } from './packet-index.ts'
import { openSrtp } from './srtp.ts'

const SSRC = 0x1234
const PROFILES = [
  [7, 'AEAD_AES_128_GCM', 12],
  [1, 'AES128_CM_HMAC_SHA1_80', 14],
] as const

let werift: Werift
beforeAll(async () => {
  werift = await loadWerift()
})

/** A sender that counts by itself, and the receiver that has its keys. */
function pair(profile: 7 | 1, saltBytes: number) {
  const [key, salt] = [randomBytes(16), randomBytes(saltBytes)]
  const keys = {
    localMasterKey: key,
    localMasterSalt: salt,
    remoteMasterKey: key,
    remoteMasterSalt: salt,
  }
  const { cipher } = new werift.SrtpSession({ keys, profile }).localContext
  const seal = (index: number, ssrc = SSRC) => {
    const sequenceNumber = index % 2 ** 16
    const header = new werift.RtpHeader({ ssrc, sequenceNumber, payloadType: 96 })
    return cipher.encryptRtp(header, Buffer.from(`packet ${index}`), Math.floor(index / 2 ** 16))
  }
  return { seal, srtp: openSrtp(werift, { keys, profile }) }
}

describe.each(PROFILES)('With SRTP profile %i', (profile, name, saltBytes) => {
  /** What arrives of these packets, by their content. */
  function arrive(indices: readonly number[]): string[] {
    const { seal, srtp } = pair(profile, saltBytes)
    expect(srtp.profile).toBe(name)
    return indices.map((index) => srtp.openRtp(seal(index))?.subarray(12).toString() ?? 'lost')
  }
  const sent = (indices: readonly number[]) => indices.map((index) => `packet ${index}`)

  it.each([
    ['one after the other', [65_534, 65_535, 65_536, 65_537]],
    ['with hundreds missing around it', [65_300, 65_800, 65_801, 98_000, 130_500, 131_500]],
    ['with thousands missing around it', [60_000, 70_000, 100_000, 132_000]],
    ['with some that come late, by hundreds', [65_500, 65_900, 65_501, 65_901, 65_502]],
  ])('packets are opened where the sequence number begins anew, %s', (_how, indices) => {
    expect(arrive(indices)).toEqual(sent(indices))
  })

  it('one that was tampered with is not opened, and does not mislead those after it', () => {
    const { seal, srtp } = pair(profile, saltBytes)
    expect(srtp.openRtp(seal(40_000))).not.toBeNull()
    const forged = seal(70_000)
    forged[forged.length - 1]! ^= 1
    expect(srtp.openRtp(forged)).toBeNull()
    expect(srtp.openRtp(seal(40_001))).not.toBeNull()
  })

  it('a peer may begin no more than 64 sources', () => {
    const { seal, srtp } = pair(profile, saltBytes)
    const opened = Array.from({ length: 100 }, (_, ssrc) => srtp.openRtp(seal(7, ssrc)) !== null)
    expect(opened.filter(Boolean)).toHaveLength(64)
    expect(srtp.openRtp(seal(8, 0))).not.toBeNull()
  })
})

it('whatever comes, nothing is thrown', () => {
  const { srtp } = pair(7, 12)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(srtp.openRtp(Buffer.from(bytes))).toBeNull()
    }),
  )
})

it('the index of a packet is found whatever is missing, up to half of the numbers', () => {
  const steps = fc.array(fc.integer({ min: -32_000, max: 32_000 }), { maxLength: 50 })
  fc.assert(
    fc.property(fc.nat({ max: 65_535 }), steps, (first, ways) => {
      const packetIndex = new PacketIndex()
      let highest = first
      packetIndex.take(first)
      for (const way of ways) {
        const index = highest + way
        if (index < 0) continue
        expect(packetIndex.guess(index % 2 ** 16)).toBe(index)
        packetIndex.take(index)
        highest = Math.max(highest, index)
      }
    }),
  )
})
