import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TrackClock } from './track-clock.ts'

describe('the clock of a track', () => {
  it('begins where the track arrives, and counts in 90 kHz ticks across the wrap', () => {
    const clock = new TrackClock(48_000)
    const first = 0xffffff00
    expect(clock.ticks(first, 100)).toBe(9_000)
    expect(clock.ticks((first + 960) >>> 0, 120)).toBe(9_000 + 1_800)
    expect(clock.ticks((first + 1_920) >>> 0, 140)).toBe(9_000 + 3_600)
  })

  it('moves audio to video as sender reports say, and never steps back', () => {
    const offsets = fc.integer({ min: -1_500, max: 1_500 })
    fc.assert(
      fc.property(offsets, fc.nat(0xffffffff), fc.nat(0xffffffff), (lateMs, audioRtp, videoRtp) => {
        const video = new TrackClock(90_000)
        const audio = new TrackClock(48_000)
        const start = 2_000
        video.ticks(videoRtp, start)
        // Audio of the same moment arrives `lateMs` later than its picture.
        let last = audio.ticks(audioRtp, start + lateMs)
        video.report(1.7e12, videoRtp)
        audio.report(1.7e12, audioRtp)
        for (let i = 1; i < 1_000; i++) {
          video.ticks((videoRtp + i * 1_800) >>> 0, 0)
          audio.alignTo(video)
          const ticks = audio.ticks((audioRtp + i * 960) >>> 0, 0)
          expect(ticks).toBeGreaterThan(last)
          last = ticks
        }
        // 20 s later both say the same of the same moment.
        const picture = video.ticks((videoRtp + 1_000 * 1_800) >>> 0, 0)
        audio.alignTo(video)
        expect(Math.abs(audio.ticks((audioRtp + 1_000 * 960) >>> 0, 0) - picture)).toBeLessThan(10)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves clocks alone that are not of one sender', () => {
    const video = new TrackClock(90_000)
    const audio = new TrackClock(48_000)
    video.ticks(0, 0)
    audio.ticks(0, 0)
    video.report(1.7e12, 0)
    audio.report(1.7e12 - 60_000, 0)
    for (let i = 1; i < 100; i++) {
      audio.alignTo(video)
      expect(audio.ticks(i * 960, 0)).toBe(i * 1_800)
    }
  })
})
