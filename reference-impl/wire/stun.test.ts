import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import {
  buildStun,
  parseStun,
  parseXorAddress,
  StunAttribute,
  stunIntegrityHolds,
  xorAddress,
} from './stun.ts'

/** RFC 5769 §2.1: a request with username, password `VOkJxbRl1RmTxUk/WvJxBt`, and fingerprint. */
const SAMPLE = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74' +
    '002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020' +
    '000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
)
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt'

describe('STUN', () => {
  it('reads the sample request of RFC 5769 and checks its integrity', () => {
    const message = parseStun(SAMPLE)
    expect(message).toMatchObject({ method: 1, class: 0 })
    expect(stunIntegrityHolds(SAMPLE, message, PASSWORD)).toBe(true)
    expect(stunIntegrityHolds(SAMPLE, message, 'another')).toBe(false)
  })

  it('notices any changed byte in front of the fingerprint', () => {
    fc.assert(
      fc.property(fc.nat(SAMPLE.length - 9), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(SAMPLE)
        bytes[at] = (bytes[at] ?? 0) ^ change
        let holds = false
        try {
          holds = stunIntegrityHolds(bytes, parseStun(bytes), PASSWORD)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
        expect(holds).toBe(false)
      }),
    )
  })

  it('writes what it reads', () => {
    const transaction = Buffer.alloc(12, 7)
    const attributes = [{ type: StunAttribute.username, value: Buffer.from('a:b') }]
    const content = { method: 3, class: 2, transaction, attributes, key: 'k', fingerprint: true }
    const bytes = buildStun(content)
    const message = parseStun(bytes)
    expect(message).toMatchObject({ method: 3, class: 2 })
    expect(Buffer.from(message.attributes[0]?.value ?? []).toString()).toBe('a:b')
    expect(stunIntegrityHolds(bytes, message, 'k')).toBe(true)
  })

  it('turns addresses over and back', () => {
    const addresses = fc.record({
      host: fc.oneof(fc.ipV4(), fc.ipV6()),
      port: fc.integer({ min: 0, max: 65_535 }),
    })
    fc.assert(
      fc.property(addresses, fc.uint8Array({ minLength: 12, maxLength: 12 }), (address, id) => {
        const read = parseXorAddress(xorAddress(address, id), id)
        expect(read.port).toBe(address.port)
        expect(xorAddress(read, id)).toEqual(xorAddress(address, id))
      }),
    )
  })

  it('refuses every other input with a WireError', () => {
    const noise = fc.uint8Array({ maxLength: 60 }).map((rest) => {
      const head = Buffer.from('000100002112a442000000000000000000000000', 'hex')
      head.writeUInt16BE(rest.length, 2)
      return Buffer.concat([head, rest])
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), noise), (bytes) => {
        try {
          parseStun(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
  })
})
