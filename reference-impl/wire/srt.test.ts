import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import {
  buildSrtAck,
  buildSrtDropRequest,
  buildSrtNak,
  parseSrtAck,
  parseSrtDropRequest,
  parseSrtNak,
} from './srt-control.ts'
import {
  buildSrtCapabilities,
  buildSrtText,
  parseSrtCapabilities,
  parseSrtText,
  srtVersionText,
} from './srt-extensions.ts'
import { buildSrtHandshake, parseSrtHandshake, SrtHandshakeType } from './srt-handshake.ts'
import {
  buildSrtKeyMaterial,
  deriveSrtWrapKey,
  parseSrtKeyMaterial,
  unwrapSrtKeys,
  wrapSrtKeys,
} from './srt-key-material.ts'
import { buildSrtControl, buildSrtData, parseSrtPacket, SrtKey } from './srt-packet.ts'
import { cryptSrtPayload } from './srt-payload-crypto.ts'
import {
  addSequence,
  MAX_MESSAGE_NUMBER,
  MAX_SEQUENCE,
  nextMessageNumber,
  sequenceDifference,
} from './srt-sequence.ts'

const u32 = fc.integer({ min: 0, max: 0xffffffff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const sequence = fc.integer({ min: 0, max: MAX_SEQUENCE })
const bytes = fc.uint8Array({ maxLength: 300 })

/** Whatever comes in, only a `WireError` may come out. */
function neverBreaks(parse: (input: Uint8Array) => unknown): void {
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        parse(input)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }),
    { numRuns: 500 },
  )
}

describe('SRT sequence numbers', () => {
  it('count across the wrap', () => {
    expect(addSequence(MAX_SEQUENCE, 1)).toBe(0)
    expect(sequenceDifference(0, MAX_SEQUENCE)).toBe(1)
    expect(sequenceDifference(MAX_SEQUENCE, 0)).toBe(-1)
    expect(nextMessageNumber(MAX_MESSAGE_NUMBER)).toBe(1)
    fc.assert(
      fc.property(sequence, fc.integer({ min: -1_000_000, max: 1_000_000 }), (from, step) => {
        expect(sequenceDifference(addSequence(from, step), from)).toBe(step)
      }),
    )
  })
})

describe('SRT packets', () => {
  const data = fc.record({
    control: fc.constant(false as const),
    sequence,
    position: fc.integer({ min: 0, max: 3 }),
    inOrder: fc.boolean(),
    key: fc.integer({ min: 0, max: 3 }),
    retransmitted: fc.boolean(),
    message: fc.integer({ min: 0, max: MAX_MESSAGE_NUMBER }),
    timestamp: u32,
    destination: u32,
    payload: bytes,
  })

  it('are read as they were written', () => {
    fc.assert(
      fc.property(data, (packet) => {
        const read = parseSrtPacket(buildSrtData(packet))
        expect({ ...read, payload: Array.from(read.control ? [] : read.payload) }).toEqual({
          ...packet,
          payload: Array.from(packet.payload),
        })
      }),
    )
    const type = fc.integer({ min: 0, max: 0x7fff })
    const fields = { type, subtype: u16, info: u32, timestamp: u32, destination: u32, body: bytes }
    fc.assert(
      fc.property(fc.record(fields), (packet) => {
        const read = parseSrtPacket(buildSrtControl(packet))
        const body = Array.from(read.control ? read.body : [])
        expect({ ...read, body }).toEqual({
          control: true,
          ...packet,
          body: Array.from(packet.body),
        })
      }),
    )
  })

  it('never break their reader', () => {
    neverBreaks(parseSrtPacket)
    neverBreaks(parseSrtHandshake)
    neverBreaks(parseSrtCapabilities)
    neverBreaks((input) => parseSrtText(input, 100))
    neverBreaks(parseSrtAck)
    neverBreaks(parseSrtNak)
    neverBreaks(parseSrtDropRequest)
    neverBreaks(parseSrtKeyMaterial)
  })
})

describe('SRT handshakes', () => {
  it('are read as they were written', () => {
    const extension = fc.record({
      type: fc.integer({ min: 1, max: 8 }),
      content: fc
        .uint8Array({ maxLength: 64 })
        .map((content) => content.subarray(0, content.length & ~3)),
    })
    const handshake = fc.record({
      version: u32,
      encryption: u16,
      extensionField: u16,
      initialSequence: u32,
      mtu: u32,
      flowWindow: u32,
      type: fc.constant(SrtHandshakeType.conclusion),
      socketId: u32,
      cookie: u32,
      peerAddress: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      extensions: fc.array(extension, { maxLength: 8 }),
    })
    fc.assert(
      fc.property(handshake, (value) => {
        const sent = buildSrtHandshake(value)
        const read = parseSrtHandshake(sent)
        const { peerAddress, extensions, ...fields } = value
        expect(read).toMatchObject(fields)
        expect(read.extensions.map(({ type }) => type)).toEqual(extensions.map(({ type }) => type))
        expect(buildSrtHandshake(read)).toEqual(sent)
        expect([...read.peerAddress]).toEqual([...peerAddress])
      }),
    )
  })

  it('carry capabilities and swapped text', () => {
    const value = { version: 0x010501, flags: 0xbf, receiverLatency: 200, senderLatency: 120 }
    expect(parseSrtCapabilities(buildSrtCapabilities(value))).toEqual(value)
    expect(srtVersionText(0x010501)).toBe('1.5.1')
    expect(buildSrtText('ABCDE').toString('latin1')).toBe('DCBA\0\0\0E')
    const word = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' })
    fc.assert(fc.property(word, (text) => parseSrtText(buildSrtText(text), 512) === text))
    expect(() => parseSrtText(buildSrtText('x'.repeat(513)), 512)).toThrow('513 bytes')
  })
})

describe('SRT control bodies', () => {
  it('are read as they were written', () => {
    const figures = { rtt: u32, rttVariance: u32, availableBuffer: u32 }
    const rates = { packetRate: u32, linkCapacity: u32, byteRate: u32 }
    const full = fc.record({ ...figures, ...rates })
    fc.assert(
      fc.property(sequence, fc.option(full, { nil: undefined }), (at, figures) => {
        const ack = figures === undefined ? { sequence: at } : { sequence: at, full: figures }
        expect(parseSrtAck(buildSrtAck(ack))).toEqual(ack)
      }),
    )
    const range = fc
      .tuple(sequence, fc.integer({ min: 0, max: 1000 }))
      .map(([first, more]) => [first, addSequence(first, more)] as const)
    fc.assert(
      fc.property(fc.array(range, { maxLength: 50 }), (ranges) => {
        expect(parseSrtNak(buildSrtNak(ranges))).toEqual(ranges)
      }),
    )
    expect(parseSrtDropRequest(buildSrtDropRequest([3, 9]))).toEqual([3, 9])
  })

  it('refuse a loss range that runs backwards', () => {
    expect(() => parseSrtNak(buildSrtNak([[9, 3]]))).toThrow('loss range')
  })
})

describe('SRT keys', () => {
  it.each([16, 24, 32] as const)('of %i bytes are wrapped, sent and unwrapped', (keyBytes) => {
    const salt = randomBytes(16)
    const keys = randomBytes(keyBytes * 2)
    const wrapKey = deriveSrtWrapKey('a passphrase', salt, keyBytes)
    const wrapped = wrapSrtKeys(wrapKey, keys)
    const sent = buildSrtKeyMaterial({ keys: SrtKey.both, salt, keyBytes, wrapped })
    const read = parseSrtKeyMaterial(sent)
    expect(read.keyBytes).toBe(keyBytes)
    expect(unwrapSrtKeys(wrapKey, read.wrapped)).toEqual(keys)
    const other = deriveSrtWrapKey('another passphrase', salt, keyBytes)
    expect(unwrapSrtKeys(other, read.wrapped)).toBeNull()
    expect(() => parseSrtKeyMaterial(sent.subarray(0, -1))).toThrow(WireError)
  })

  it('wrap as the test vector of RFC 3394 4.1 says', () => {
    const wrapKey = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
    const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const wrapped = '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'
    expect(wrapSrtKeys(wrapKey, key).toString('hex')).toBe(wrapped)
  })

  it('encrypt a payload for its sequence number only', () => {
    const key = randomBytes(16)
    const salt = randomBytes(16)
    const payload = randomBytes(1316)
    const sent = cryptSrtPayload(key, salt, 77, payload)
    expect(sent).not.toEqual(payload)
    expect(cryptSrtPayload(key, salt, 77, sent)).toEqual(payload)
    expect(cryptSrtPayload(key, salt, 78, sent)).not.toEqual(payload)
  })
})
