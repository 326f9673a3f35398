import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import {
  H264Depacketizer,
  packetizeH264,
  packetizeH264Single,
  type RtpAccessUnit,
} from './rtp-h264.ts'

/** NAL units of types that RFC 6184 leaves to H.264. */
const unit = fc
  .tuple(fc.integer({ min: 1, max: 23 }), fc.uint8Array({ minLength: 1, maxLength: 3_000 }))
  .map(([type, rest]) => Uint8Array.from([0x60 | type, ...rest]))
const accessUnits = fc.array(fc.array(unit, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
})

function through(
  groups: readonly (readonly Uint8Array[])[],
  packetize: (units: readonly Uint8Array[]) => readonly Uint8Array[],
): RtpAccessUnit[] {
  const depacketizer = new H264Depacketizer()
  return groups.flatMap((units, i) => {
    const payloads = packetize(units)
    return payloads.flatMap((payload, at) =>
      depacketizer.push(payload, i * 3_000, at === payloads.length - 1),
    )
  })
}

const bytesOf = (units: readonly Uint8Array[]) =>
  units.map((nal) => Buffer.from(nal).toString('hex'))

describe('H.264 over RTP', () => {
  it.each([
    ['mode 1', (units: readonly Uint8Array[]) => packetizeH264(units, 1_200)],
    ['mode 0', packetizeH264Single],
  ])('comes out of packetization %s as it went in', (_mode, packetize) => {
    fc.assert(
      fc.property(accessUnits, (groups) => {
        const out = through(groups, packetize)
        expect(out.map(({ units }) => bytesOf(units))).toEqual(groups.map(bytesOf))
        expect(out.every(({ complete }) => complete)).toBe(true)
      }),
    )
  })

  it('keeps every payload within its size', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 8 }), (units) => {
        for (const payload of packetizeH264(units, 500))
          expect(payload.length).toBeLessThanOrEqual(500)
      }),
    )
  })

  it('calls an access unit incomplete when any packet of it is lost', () => {
    const units = [new Uint8Array(5_000).fill(0x61)]
    const payloads = packetizeH264(units, 1_000)
    for (const lost of payloads.keys()) {
      const depacketizer = new H264Depacketizer()
      const out: RtpAccessUnit[] = []
      for (const [i, payload] of payloads.entries()) {
        if (i === lost) depacketizer.lost()
        else out.push(...depacketizer.push(payload, 1, i === payloads.length - 1))
      }
      out.push(...depacketizer.push(Uint8Array.of(0x61, 1), 2, true))
      expect(out[0]?.complete).toBe(false)
    }
  })

  it('refuses what is not of mode 0 or 1, and whatever is larger than its limits', () => {
    const depacketizer = new H264Depacketizer({ maxUnitBytes: 100, maxNalUnits: 2 })
    expect(() => depacketizer.push(Uint8Array.of(25, 0, 0), 1, true)).toThrow(WireError)
    expect(() => depacketizer.push(new Uint8Array(200).fill(0x61), 2, true)).toThrow(WireError)
    const three = Uint8Array.from([24, 0, 1, 0x61, 0, 1, 0x61, 0, 1, 0x61])
    expect(() => depacketizer.push(three, 3, true)).toThrow(WireError)
  })

  it('survives any payloads in any order, within its limits', () => {
    const packet = fc.tuple(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 0, max: 5 }),
      fc.boolean(),
    )
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 30 }), (packets) => {
        const depacketizer = new H264Depacketizer({ maxUnitBytes: 200, maxNalUnits: 8 })
        for (const [payload, timestamp, marker] of packets) {
          try {
            for (const { units } of depacketizer.push(payload, timestamp, marker)) {
              expect(units.length).toBeLessThanOrEqual(8)
              expect(units.reduce((sum, nal) => sum + nal.length, 0)).toBeLessThanOrEqual(200)
            }
          } catch (error) {
            expect(error).toBeInstanceOf(WireError)
          }
        }
      }),
    )
  })
})
