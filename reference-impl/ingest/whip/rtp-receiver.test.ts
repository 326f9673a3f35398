import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RtpPacket } from '../../wire/rtp.ts'
import { DEFAULT_WHIP_LIMITS } from './limits.ts'
import { RtpReceiver } from './rtp-receiver.ts'

const { lossMs, nackEveryMs, maxReordered } = DEFAULT_WHIP_LIMITS

function receiving() {
  const delivered: number[] = []
  let losses = 0
  const receiver = new RtpReceiver(90_000, DEFAULT_WHIP_LIMITS, {
    packet: ({ sequence }) => delivered.push(sequence),
    lost: () => losses++,
  })
  return {
    receiver,
    delivered,
    get losses() {
      return losses
    },
    /** `number` counts on across the wrap at 65,536. */
    take(number: number, now: number) {
      return receiver.receive(packet(number), now)
    },
  }
}

function packet(number: number): RtpPacket {
  const fixed = { marker: false, payloadType: 96, ssrc: 1, payload: Buffer.of(number & 255) }
  return { ...fixed, sequence: number & 0xffff, timestamp: (number * 3_000) >>> 0 }
}

describe('an RTP receiver', () => {
  it('puts packets in order, each once, whatever their order, across the wrap', () => {
    const starts = fc.constantFrom(0, 1, 65_500, 65_535)
    const delays = fc.array(fc.tuple(fc.nat(60), fc.nat(3)), { minLength: 1, maxLength: 120 })
    fc.assert(
      fc.property(starts, delays, (start, list) => {
        const { receiver, delivered, take } = receiving()
        take(start, 0)
        // Each packet arrives some ms late, and some of them twice.
        const arrivals = list
          .flatMap(([late, copies], i) =>
            Array.from({ length: copies === 3 ? 2 : 1 }, (_, copy) => ({
              number: start + 1 + i,
              at: i * 10 + late + copy * 15,
            })),
          )
          .sort((a, b) => a.at - b.at)
        for (const { number, at } of arrivals) {
          take(number, at)
          receiver.tick(at)
        }
        expect(delivered).toEqual(
          Array.from({ length: list.length + 1 }, (_, i) => (start + i) & 0xffff),
        )
        expect(receiver.stats.lost).toBe(0)
      }),
    )
  })

  it('asks for what is missing at once and again, then gives it up and goes on', () => {
    const bench = receiving()
    bench.take(10, 0)
    bench.take(13, 5)
    expect(bench.receiver.deadline).toBe(5)
    expect(bench.receiver.tick(5)).toEqual([11, 12])
    expect(bench.receiver.tick(6)).toEqual([])
    expect(bench.receiver.tick(5 + nackEveryMs)).toEqual([11, 12])
    expect(bench.take(12, 60)).toBe(true)
    expect(bench.delivered).toEqual([10])
    bench.receiver.tick(5 + lossMs)
    expect(bench.delivered).toEqual([10, 12, 13])
    expect(bench.losses).toBe(1)
    expect(bench.receiver.stats).toMatchObject({ lost: 1, recovered: 1 })
    expect(bench.take(11, 500)).toBe(false)
  })

  it('keeps no more than its limit, and begins anew after a jump', () => {
    const bench = receiving()
    bench.take(0, 0)
    for (let number = 2; number < 2 + 3 * maxReordered; number++) bench.take(number, 1)
    expect(bench.losses).toBeGreaterThan(0)
    bench.take(30_000, 2)
    expect(bench.delivered.at(-1)).toBe(30_000)
    expect(bench.receiver.tick(3)).toEqual([])
  })

  it('measures jitter as RFC 3550 does', () => {
    const { receiver, take } = receiving()
    for (let number = 0; number < 200; number++) take(number, (number * 3_000) / 90)
    expect(receiver.jitter).toBe(0)
    // Every other packet 10 ms late: 900 ticks between two transits.
    for (let number = 200; number < 600; number++) {
      take(number, (number * 3_000) / 90 + (number % 2) * 10)
    }
    expect(receiver.jitter).toBeGreaterThan(850)
    expect(receiver.jitter).toBeLessThan(950)
  })
})
