import { expect, test } from 'vitest'
import { PlaybackBuffer } from './playback-buffer.ts'

const FRAME = 1 / 30

/** Frames from `from` for `seconds`, each at `late` s after its own time plus `base`. */
function feed(
  buffer: PlaybackBuffer,
  { from, seconds, base = 0 }: { from: number; seconds: number; base?: number },
): void {
  for (let i = 0; i < Math.round(seconds / FRAME); i++) {
    const at = from + i * FRAME
    buffer.add(at, FRAME, base + at + FRAME)
  }
}

test('with frames on time playback starts with half a second and never stands still', () => {
  const buffer = new PlaybackBuffer()
  feed(buffer, { from: 0, seconds: 0.4 })
  expect(buffer.playing).toBe(false)
  feed(buffer, { from: 0.4, seconds: 20 })
  expect(buffer.playing).toBe(true)
  expect(buffer.stalls).toBe(0)
  expect(buffer.level).toBeGreaterThan(0.4)
  expect(buffer.played).toBeCloseTo(19.9, 1)
})

test('a viewer that gets a cached group starts inside of it', () => {
  const buffer = new PlaybackBuffer()
  for (let i = 0; i < 60; i++) buffer.add(i * FRAME, FRAME, 100)
  expect(buffer.playing).toBe(true)
  expect(buffer.level).toBeCloseTo(0.5, 5)
})

test('a gap longer than the buffer is one stall, over when half a second is there', () => {
  const buffer = new PlaybackBuffer()
  feed(buffer, { from: 0, seconds: 5 })
  // Two seconds without a frame; then everything at once.
  for (let i = 0; i < 60; i++) buffer.add(5 + i * FRAME, FRAME, 7)
  expect(buffer.stalls).toBe(1)
  expect(buffer.stalled).toBeCloseTo(1.5, 1)
  expect(buffer.playing).toBe(true)
})

test('too much in the buffer is played faster down to the target, far too much is jumped over', () => {
  const buffer = new PlaybackBuffer()
  feed(buffer, { from: 0, seconds: 2 })
  for (let i = 0; i < 60; i++) buffer.add(2 + i * FRAME, FRAME, 2)
  expect(buffer.rate).toBeGreaterThan(1)
  feed(buffer, { from: 4, seconds: 40, base: -2 })
  expect(buffer.level).toBeLessThan(1.7)
  for (let i = 0; i < 300; i++) buffer.add(44 + i * FRAME, FRAME, 42)
  expect(buffer.level).toBeLessThan(9)
  expect(buffer.stalls).toBe(0)
})

test('a new timeline is no stall and no buffer of hours', () => {
  const buffer = new PlaybackBuffer()
  feed(buffer, { from: 0, seconds: 3 })
  for (let i = 0; i < 30; i++) buffer.add(5000 + i * FRAME, FRAME, 3 + i * FRAME)
  expect(buffer.level).toBeLessThan(2)
})

test('after a reset only what comes then counts', () => {
  const buffer = new PlaybackBuffer()
  feed(buffer, { from: 0, seconds: 2 })
  buffer.advance(9)
  expect(buffer.stalls).toBe(1)
  buffer.reset()
  buffer.advance(10)
  expect([buffer.stalls, buffer.played, buffer.stalled]).toEqual([0, 1, 1])
})
