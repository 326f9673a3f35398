import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VideoTimeline } from './video-timeline.ts'

const MAX_STEP = 90_000 * 60

describe('VideoTimeline', () => {
  it('gives continuous decode times and exact presentation times, whatever comes', () => {
    const frame = fc.record({
      step: fc.integer({ min: -MAX_STEP, max: MAX_STEP }),
      offset: fc.integer({ min: -MAX_STEP, max: MAX_STEP }),
    })
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.array(frame, { maxLength: 200, size: 'max' }),
        (start, frames) => {
          const timeline = new VideoTimeline(start)
          let dts = start
          let expected = start
          for (const { step, offset } of frames) {
            dts += step
            const pts = dts + offset
            const timed = timeline.place(dts, pts)
            expect(timed.decodeTime).toBe(expected)
            expect(timed.decodeTime + timed.compositionOffset).toBe(pts)
            expect(Number.isInteger(timed.duration)).toBe(true)
            expect(timed.duration).toBeGreaterThanOrEqual(1)
            expected = timed.decodeTime + timed.duration
            expect(timeline.next).toBe(expected)
          }
        },
      ),
    )
  })

  it('settles on the true interval and needs no composition offset then', () => {
    const timeline = new VideoTimeline()
    const timed = Array.from({ length: 30 }, (_, index) =>
      timeline.place(index * 3000, index * 3000),
    )
    for (const one of timed.slice(2)) {
      expect(one).toMatchObject({ duration: 3000, compositionOffset: 0 })
    }
  })

  it('runs at most the rounding of RTMP to ms ahead of presentation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 120 }), fc.integer({ min: 1, max: 400 }), (fps, n) => {
        const timeline = new VideoTimeline()
        for (let index = 0; index < n; index++) {
          const dts = Math.floor((index * 1000) / fps) * 90
          const { compositionOffset } = timeline.place(dts, dts)
          // The first guess may be too long for frame rates above it; later ones are not.
          if (index > 16) expect(compositionOffset).toBeGreaterThanOrEqual(-90)
          expect(compositionOffset).toBeLessThan(90_000 / 5)
        }
      }),
    )
  })
})
