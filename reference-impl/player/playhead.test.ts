import { describe, expect, it } from 'vitest'
import { Playhead } from './playhead.ts'

/** A video element that has buffered `ranges`, [start, end] in seconds. */
function videoWith(ranges: readonly (readonly [number, number])[], currentTime = 0) {
  const buffered = {
    length: ranges.length,
    start: (index: number) => ranges[index]![0],
    end: (index: number) => ranges[index]![1],
  }
  return { buffered, currentTime, seeking: false } as unknown as HTMLVideoElement & {
    seeking: boolean
  }
}

describe('The playhead', () => {
  it('knows what can be played without a hole, and where the media end', () => {
    const head = new Playhead(
      videoWith(
        [
          [0, 2],
          [3, 5],
        ],
        1.5,
      ),
    )
    expect(head.buffer).toBeCloseTo(0.5)
    expect(head.end).toBe(5)
    expect(new Playhead(videoWith([])).buffer).toBe(0)
    expect(new Playhead(videoWith([])).end).toBe(0)
  })

  it('starts inside a group that is longer than needed, and waits for a shorter one', () => {
    const long = videoWith([[10, 12]])
    expect(new Playhead(long).start(0.5)).toBe(true)
    expect(long.currentTime).toBe(11.5)
    const short = videoWith([[10, 10.2]])
    expect(new Playhead(short).start(0.5)).toBe(false)
    expect(short.currentTime).toBe(0)
  })

  it('steps over a hole when it has come to it, and not before', () => {
    const before = videoWith(
      [
        [0, 2],
        [3, 5],
      ],
      1.5,
    )
    expect(new Playhead(before).stepOverHole()).toBe(false)
    const at = videoWith(
      [
        [0, 2],
        [3, 5],
      ],
      1.98,
    )
    expect(new Playhead(at).stepOverHole()).toBe(true)
    expect(at.currentTime).toBeCloseTo(3, 2)
    expect(new Playhead(at).buffer).toBeCloseTo(2, 2)
    const end = videoWith([[0, 2]], 2)
    expect(new Playhead(end).stepOverHole()).toBe(false)
  })

  it('leaves a seek that is going on alone', () => {
    const video = videoWith([[3, 5]], 2)
    video.seeking = true
    expect(new Playhead(video).stepOverHole()).toBe(false)
  })
})
