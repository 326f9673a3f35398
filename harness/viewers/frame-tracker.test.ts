import { expect, test } from 'vitest'
import { findBpmTimes } from '../measure/bpm.ts'
import { FrameTracker } from './frame-tracker.ts'
import { bpmSei } from './test-fragments.ts'

/** ms by which the wall clock is ahead */
const OFFSET = 1_700_000_000_000

function stage(): FrameTracker {
  const tracker = new FrameTracker(null, () => OFFSET)
  tracker.liveSince(1_000)
  return tracker
}

/** Of a picture that was composed at `ms` of the shared clock. */
const bpm = (ms: number) => findBpmTimes(bpmSei(OFFSET + ms))

test('a frame without a stamp is as old as OBS says, by the wall clock of this machine', () => {
  const tracker = stage()
  for (const late of [300, 340, 1_300]) tracker.frame(null, 2_000 + late, bpm(2_000))
  const { count, min, max, errorBoundMs } = tracker.bpmLatency
  expect({ count, min, max, errorBoundMs }).toEqual({
    ...{ count: 3, min: 300, max: 1_300, errorBoundMs: 1.1 },
  })
  expect(tracker.latency.count).toBe(0)
  expect(tracker.stats).toMatchObject({ frames: 3, stamped: 0 })
})

test('only frames that are younger than the init segment count, and those with a composed time', () => {
  const tracker = stage()
  tracker.frame(null, 1_500, bpm(999))
  tracker.frame(null, 1_500, { interleaved: OFFSET + 1_400 })
  tracker.frame(null, 1_500)
  expect(tracker.bpmLatency.count).toBe(0)
  tracker.frame(null, 1_500, bpm(1_000))
  expect(tracker.bpmLatency.max).toBe(500)
})

test('a clock that is ahead of ours is found out', () => {
  const tracker = stage()
  tracker.frame(null, 2_000, bpm(2_001))
  expect(tracker.bpmLatency.negative).toBe(0)
  tracker.frame(null, 2_000, bpm(2_010))
  expect(tracker.bpmLatency.negative).toBe(1)
})
