import { describe, expect, it } from 'vitest'
import type { Packet } from '../../live/packet.ts'
import { defaultHlsLimits } from './limits.ts'
import { MediaClock } from './media-clock.ts'
import { defaultHlsSeams } from './seams.ts'
import { bytesOf, durationOf } from './segment.ts'
import { PacketSource } from './testing/packets.ts'
import { HlsWindow } from './window.ts'

const WALL = 1_700_000_000_000

function stage(limits = {}) {
  const clock = new MediaClock(() => WALL)
  const window = new HlsWindow(defaultHlsSeams(), { ...defaultHlsLimits, ...limits }, clock)
  const source = new PacketSource()
  const push = (...packets: Packet[]) => {
    for (const packet of packets) window.push(packet)
  }
  push(source.init())
  return { window, source, push }
}

describe('What is kept for HLS', () => {
  it('cuts segments at key frames and parts of a third of a second', () => {
    const { window, source, push } = stage()
    push(...source.frames(150))
    expect(window.segments.map(({ msn, independent }) => [msn, independent])).toEqual([
      [0, true],
      [1, true],
    ])
    for (const segment of window.segments) {
      expect(durationOf(segment)).toBeCloseTo(2, 6)
      expect(segment.parts.map(({ duration }) => duration.toFixed(3))).toEqual(
        Array(6).fill('0.333'),
      )
      expect(segment.parts.map(({ independent }) => independent)).toEqual([
        true,
        ...Array(5).fill(false),
      ])
    }
    expect(window.open?.parts).toHaveLength(3)
    expect(window.targetDuration).toBe(2)
  })

  it('gathers short groups of pictures to segments of a second', () => {
    const { window, source, push } = stage()
    push(...source.frames(100, 10))
    expect(window.segments.map((segment) => durationOf(segment).toFixed(2))).toEqual(
      Array(3).fill('1.00'),
    )
  })

  it('waits for a key frame before it begins', () => {
    const { window, source, push } = stage()
    push(source.fragment(33, false), source.fragment(33, false))
    expect(window.open).toBeUndefined()
    push(source.fragment(33, true))
    expect(window.open?.msn).toBe(0)
  })

  it('puts sound that comes just before a key frame in front of it', () => {
    const { window, source, push } = stage()
    push(...source.frames(60), source.fragment(0, false, 7), source.fragment(100 / 3, true))
    push(...source.frames(9, 100))
    expect(window.segments[0]!.parts.at(-1)!.bytes).toBe(10 * 50)
    const [first] = window.open!.parts
    expect(first).toMatchObject({ independent: true, bytes: 7 + 10 * 50 })
  })

  it('dates segments by their promptest frames, not by one that the network held up', () => {
    const { window, source, push } = stage()
    push(...source.frames(60))
    push(source.fragment(100 / 3, true, 50, 400), ...source.frames(59, 100))
    push(source.fragment(100 / 3, true))
    expect(window.segments[0]!.dateTime).toBeCloseTo(WALL, 3)
    expect(window.segments[1]!.dateTime).toBeCloseTo(WALL + 2000, 3)
  })

  it('dates segments by when their first frames were composed, where the encoder says it', () => {
    const { window, source, push } = stage()
    const late = (count: number, stamped: (index: number) => boolean) =>
      Array.from({ length: count }, (_, index) =>
        source.fragment(100 / 3, index % 60 === 0, 50, 300, stamped(index)),
      )
    push(...late(121, () => true))
    expect(window.segments.map(({ dateTime }) => dateTime - WALL)).toEqual([
      expect.closeTo(0, 3),
      expect.closeTo(2000, 3),
    ])
    window.clear()
    // A stamp dates what comes after it, too.
    const from = source.now
    push(source.discontinuity('republished'), ...late(61, (index) => index === 0))
    expect(window.open!.dateTime - WALL - from).toBeCloseTo(2000, 3)
  })

  it('dates segments by arrival again when the encoder has said nothing for long', () => {
    const { window, source, push } = stage()
    const from = source.now
    push(source.fragment(100 / 3, true, 50, 300, true))
    for (let index = 1; index <= 420; index++)
      push(source.fragment(100 / 3, index % 60 === 0, 50, 300))
    const offs = [...window.segments, window.open!].map(({ dateTime, msn }) =>
      Math.round(dateTime - WALL - from - msn * 2000),
    )
    expect(offs).toEqual([0, 0, 0, 0, 0, 0, 0, 300])
  })

  it('forgets what the encoder said when its clock jumps', () => {
    const { window, source, push } = stage()
    push(source.fragment(100 / 3, true, 50, 300, true), ...source.frames(59, 100))
    push(source.discontinuity('timestamp-jump'))
    const from = source.now
    push(source.fragment(100 / 3, true, 50, 300))
    expect(window.open!.dateTime - WALL - from).toBeCloseTo(300, 3)
  })

  it('lets the target duration grow with segments that outgrow it, and never shrink', () => {
    const { window, source, push } = stage()
    window.expect(3900)
    expect(window.targetDuration).toBe(4)
    push(...source.frames(180, 180))
    expect(window.targetDuration).toBe(6)
    push(...source.frames(300, 30))
    expect(window.targetDuration).toBe(6)
  })

  it('lets the part target grow with a frame that is longer than a part', () => {
    const { window, source, push } = stage()
    push(source.fragment(33, true), source.fragment(500, false), source.fragment(33, false))
    expect(window.open?.parts.map(({ duration }) => duration)).toEqual([0.033, 0.5])
    expect(window.partTarget).toBe(0.5)
  })

  it('ends segments without a key frame when none comes', () => {
    const { window, source, push } = stage({ maxSegmentMs: 3000 })
    push(...source.frames(250, 1000))
    expect(window.segments.map(({ independent }) => independent)).toEqual([true, false])
    const heavy = stage({ maxSegmentBytes: 500 })
    heavy.push(...heavy.source.frames(25, 1000))
    expect(heavy.window.segments.map(bytesOf)).toEqual([500, 500])
  })

  it('marks another session, not a jump of a clock', () => {
    const { window, source, push } = stage()
    push(...source.frames(30), source.discontinuity('timestamp-jump'), ...source.frames(60))
    push(source.discontinuity('republished'), ...source.frames(61))
    expect(window.segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true])
  })

  it('keeps what was listed a while longer, within its bytes', () => {
    const { window, source, push } = stage()
    push(...source.frames(60 * 30))
    const first = window.segments[0]!.msn
    expect(window.segments).toHaveLength(9)
    expect(window.segment(first - 1)).toBeDefined()
    expect(window.segment(0)).toBeUndefined()
    expect(window.part(window.segments[0]!.parts[0]!.number)?.msn).toBe(first)

    const tight = stage({ maxWindowBytes: 60 * 50 * 4 })
    tight.push(...tight.source.frames(60 * 30))
    expect(tight.window.segments).toHaveLength(4)
    expect(tight.window.bytes).toBeLessThanOrEqual(60 * 50 * 4)
  })

  it('counts on over its end, a pause, and another life', () => {
    const { window, source, push } = stage()
    push(...source.frames(65))
    window.end()
    expect(window.segments.map(({ msn }) => msn)).toEqual([0, 1])
    expect(window.ended).toBe(true)
    window.resume()
    push(source.init(), ...source.frames(61))
    expect(window.segments.at(-1)).toMatchObject({
      msn: 2,
      discontinuity: true,
      map: { number: 1 },
    })
    window.clear()
    const next = window.nextPart
    expect(window.bytes).toBe(0)
    expect(window.discontinuitySequence).toBe(1)
    push(...source.frames(61))
    expect(window.segments[0]).toMatchObject({ msn: 4, discontinuity: true })
    expect(window.segments[0]!.parts[0]!.number).toBe(next)
  })
})
