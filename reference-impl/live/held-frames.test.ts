import { describe, expect, it } from 'vitest'
import type { Frame } from './frame.ts'
import { HeldFrames } from './held-frames.ts'
import { MAX_HELD_BYTES, MAX_HELD_FRAMES } from './limits.ts'

function frame(track: Frame['track'], index: number, key = true, bytes = 10): Frame {
  const dts = index * 3000
  return { track, dts, pts: dts, key, data: new Uint8Array(bytes), arrivedAt: index }
}

describe('Held frames', () => {
  it('begin with audio or a key frame', () => {
    const held = new HeldFrames()
    held.add(frame('video', 0, false))
    held.add(frame('audio', 1))
    held.add(frame('video', 2, false))
    held.add(frame('video', 3))
    held.add(frame('video', 4, false))
    expect(held.key?.dts).toBe(9000)
    expect(held.take().map(({ arrivedAt }) => arrivedAt)).toEqual([1, 3, 4])
    expect(held.empty).toBe(true)
    expect(held.key).toBeUndefined()
  })

  it('are bounded in number, the newest are kept while no key frame came', () => {
    const held = new HeldFrames()
    for (let index = 0; index < 5000; index++) held.add(frame('audio', index))
    const frames = held.take()
    expect(frames).toHaveLength(MAX_HELD_FRAMES)
    expect(frames.at(-1)?.arrivedAt).toBe(4999)
  })

  it('are bounded in bytes', () => {
    const held = new HeldFrames()
    const size = 100_000
    for (let index = 0; index < 500; index++) held.add(frame('audio', index, true, size))
    expect(held.take().length * size).toBeLessThanOrEqual(MAX_HELD_BYTES)
    held.add(frame('video', 0, true, MAX_HELD_BYTES + 1))
    expect(held.full).toBe(true)
  })
})
