import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlaybackBuffer, playerThresholds } from './playback-buffer.ts'

const FRAME_S = 1 / 30

/** Frames `from` to `until`, each arriving `delayMs` after it was due. */
function feed(buffer: PlaybackBuffer, from: number, until: number, delayMs = 0): void {
  for (let frame = from; frame < until; frame++) {
    buffer.media(frame * FRAME_S, (frame + 1) * FRAME_S, (frame + 1) * FRAME_S * 1000 + delayMs)
  }
}

describe('A playback buffer', () => {
  it('starts once it holds 0.5 s, and plays on without a stall', () => {
    const buffer = new PlaybackBuffer()
    feed(buffer, 0, 14)
    expect(buffer.state).toBe('starting')
    feed(buffer, 14, 300)
    expect(buffer.startedAt).toBeCloseTo(500, 3)
    expect(buffer.state).toBe('playing')
    expect(buffer.stalls).toBe(0)
    expect(buffer.buffered).toBeCloseTo(0.5, 3)
  })

  it('starts at once inside a cached group of pictures, 0.5 s from its end', () => {
    const buffer = new PlaybackBuffer()
    for (let frame = 0; frame < 45; frame++) {
      buffer.media(frame * FRAME_S, (frame + 1) * FRAME_S, 100)
    }
    buffer.advance(101)
    expect(buffer.startedAt).toBe(100)
    expect(buffer.buffered).toBeCloseTo(0.5, 1)
  })

  it('stalls for as long as the media are late, beyond what it had', () => {
    const buffer = new PlaybackBuffer()
    feed(buffer, 0, 60)
    buffer.advance(4_000)
    expect(buffer.state).toBe('stalled')
    expect(buffer.stalls).toBe(1)
    // The last fifth of a second plays slower.
    expect(buffer.stalledMs).toBeGreaterThan(1_480)
    expect(buffer.stalledMs).toBeLessThanOrEqual(1_500)
    const stalledMs = buffer.stalledMs
    buffer.media(60 * FRAME_S, 75 * FRAME_S, 4_000)
    buffer.advance(4_001)
    expect(buffer.state).toBe('playing')
    expect(buffer.stalledMs).toBe(stalledMs)
  })

  it('speeds up above the limit until the target, and never slower than it must', () => {
    const buffer = new PlaybackBuffer()
    feed(buffer, 0, 60)
    buffer.media(60 * FRAME_S, 120 * FRAME_S, 4_000)
    expect(buffer.buffered).toBeCloseTo(2, 1)
    for (let frame = 120; frame < 900; frame++) {
      buffer.media(frame * FRAME_S, (frame + 1) * FRAME_S, (frame + 1) * FRAME_S * 1000)
    }
    expect(buffer.rate).toBe(1)
    expect(buffer.buffered).toBeGreaterThan(1.1)
    expect(buffer.buffered).toBeLessThan(1.3)
    expect(buffer.jumps).toBe(0)
  })

  it('jumps to the target when it is more than eight seconds behind', () => {
    const buffer = new PlaybackBuffer()
    feed(buffer, 0, 30)
    buffer.media(1, 12, 1_000)
    buffer.advance(1_300)
    expect(buffer.jumps).toBe(1)
    expect(buffer.buffered).toBeLessThan(playerThresholds.target)
  })

  it('steps over a hole in the media', () => {
    const buffer = new PlaybackBuffer()
    feed(buffer, 0, 60)
    for (let frame = 90; frame < 150; frame++) {
      const at = (frame - 29) * FRAME_S * 1000
      buffer.media(frame * FRAME_S, (frame + 1) * FRAME_S, at)
    }
    expect(buffer.stalls).toBe(0)
    expect(buffer.position).toBeGreaterThan(4)
  })

  it('accounts for every ms as played or stalled, whatever arrives when', () => {
    const arrivals = fc.array(fc.double({ min: 0, max: 3_000, noNaN: true }), { maxLength: 60 })
    fc.assert(
      fc.property(arrivals, (waits) => {
        const buffer = new PlaybackBuffer()
        let now = 0
        waits.forEach((wait, index) => {
          now += wait
          buffer.media(index * 0.2, (index + 1) * 0.2, now)
        })
        buffer.advance(now + 1_000)
        expect(buffer.buffered).toBeGreaterThanOrEqual(-1e-6)
        expect(buffer.stalledMs).toBeLessThanOrEqual(buffer.watchedMs + 1e-6)
        const played = (buffer.watchedMs - buffer.stalledMs) / 1000
        const all = waits.length * 0.2
        if (buffer.jumps === 0) expect(played).toBeLessThanOrEqual(all / 0.95 + 1e-6)
      }),
    )
  })
})
