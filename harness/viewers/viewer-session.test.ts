import { expect, test } from 'vitest'
import { nowMs } from '../measure/clock.ts'
import { wallClockOffset } from '../measure/wall-clock.ts'
import { accessUnit, bpmSei } from './test-fragments.ts'
import { ViewerSession } from './viewer-session.ts'

test('frames of a protocol without fMP4 are as old as OBS says, too', () => {
  const session = new ViewerSession('rtmp', 'rtmp://a.test/live/NAME', {})
  session.ready()
  const composed = Math.ceil(nowMs() + wallClockOffset()) + 1
  const data = accessUnit(bpmSei(composed), Uint8Array.of(0x65, 0x88))
  session.frame({ data, dts: 0, compositionOffset: 0, key: true, idr: true })
  expect(session.tracker.bpmLatency.count).toBe(1)
  expect(session.tracker.latency.count).toBe(0)
})
