import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { buildNack, buildPli, buildReceiverReport, buildSenderReport, parseRtcp } from './rtcp.ts'
import { buildRtp, isRtcp, parseRtp } from './rtp.ts'

const packets = fc.record({
  marker: fc.boolean(),
  payloadType: fc.integer({ min: 96, max: 127 }),
  sequence: fc.integer({ min: 0, max: 0xffff }),
  timestamp: fc.integer({ min: 0, max: 0xffffffff }),
  ssrc: fc.integer({ min: 0, max: 0xffffffff }),
  payload: fc.uint8Array({ minLength: 1, maxLength: 1_200 }),
})

describe('RTP', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const bytes = buildRtp(packet)
        expect(isRtcp(bytes)).toBe(false)
        const read = parseRtp(bytes)
        expect({ ...read, payload: Uint8Array.from(read.payload) }).toEqual(packet)
      }),
    )
  })

  it('passes over contributing sources, extensions and padding', () => {
    const head = [0xb1, 96, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1]
    const bytes = Uint8Array.from([...head, 1, 2, 3, 4, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 42, 0, 2])
    expect([...parseRtp(bytes).payload]).toEqual([42])
  })

  it('refuses every other input with a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseRtp(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
  })
})

describe('RTCP', () => {
  it('reads a sender report as it was written, to a microsecond', () => {
    const report = { ssrc: 1, ntpMs: 1_795_227_227_987.311, rtpTime: 5, packets: 6, octets: 7 }
    const [read] = parseRtcp(buildSenderReport(report))
    expect(read).toMatchObject({ type: 'sr', ssrc: 1, rtpTime: 5, packets: 6, octets: 7 })
    if (read?.type === 'sr') expect(read.ntpMs).toBeCloseTo(report.ntpMs, 2)
  })

  it('names exactly the packets that a NACK asks for, across the wrap', () => {
    const sequences = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 })
    fc.assert(
      fc.property(sequences, fc.integer({ min: 0, max: 0xffff }), (offsets, base) => {
        const asked = offsets.sort((a, b) => a - b).map((offset) => (base + offset) & 0xffff)
        const [read] = parseRtcp(buildNack(1, 2, asked))
        expect(read).toEqual({ type: 'nack', media: 2, sequences: asked })
      }),
    )
  })

  it('reads a compound of several packets', () => {
    const block = {
      ssrc: 9,
      fractionLost: 0.5,
      lost: -1,
      highest: 7,
      jitter: 3,
      lastReport: 0,
      sinceLastReport: 0,
    }
    const bytes = Buffer.concat([buildReceiverReport(1, [block]), buildPli(1, 2)])
    expect(parseRtcp(bytes)).toEqual([
      { type: 'rr', ssrc: 1 },
      { type: 'pli', media: 2 },
    ])
  })

  it('refuses every other input with a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          parseRtcp(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
  })
})
