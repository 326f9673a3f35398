import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AudioTimeline } from './audio-timeline.ts'

const RATE = 48_000
const FRAME = 1024

describe('AudioTimeline', () => {
  it('places frames end to end, whatever comes', () => {
    const steps = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      maxLength: 200,
      size: 'max',
    })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5760 }), (times, nominal) => {
        const timeline = new AudioTimeline(RATE, 0)
        let expected = 0
        let input = 0
        for (const step of times) {
          input += step
          const { decodeTime, duration } = timeline.place(input, nominal)
          expect(decodeTime).toBe(expected)
          expect(Number.isInteger(duration)).toBe(true)
          expect(duration).toBeGreaterThanOrEqual(1)
          expected += duration
        }
      }),
    )
  })

  it('does not bend durations for the rounding of RTMP to ms', () => {
    const timeline = new AudioTimeline(RATE)
    for (let index = 0; index < 2000; index++) {
      const ms = Math.floor((index * FRAME * 1000) / RATE)
      expect(timeline.place((ms * RATE) / 1000, FRAME).duration).toBe(FRAME)
    }
  })

  it('follows a clock that runs up to 0.9 % wrong within 5 ms', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.991, max: 1.009, noNaN: true }), (speed) => {
        const timeline = new AudioTimeline(RATE)
        for (let index = 0; index < 1000; index++) {
          const time = index * FRAME * speed
          const { decodeTime, duration } = timeline.place(time, FRAME)
          expect(Math.abs(decodeTime - time)).toBeLessThan(RATE * 0.005)
          expect(Math.abs(duration - FRAME)).toBeLessThanOrEqual(FRAME * 0.01)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('takes up a gap with the duration of one frame', () => {
    const timeline = new AudioTimeline(RATE)
    timeline.place(0, FRAME)
    const afterGap = FRAME + RATE / 2
    expect(timeline.place(afterGap, FRAME)).toEqual({
      decodeTime: FRAME,
      duration: FRAME + RATE / 2,
    })
    expect(timeline.place(afterGap + FRAME, FRAME).decodeTime).toBe(afterGap + FRAME)
  })
})
