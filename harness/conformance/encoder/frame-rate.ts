import { broken, holds, skipped } from '../findings.ts'
import { framesOf, spanOf, windowsOf } from '../media-frames.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING } from './sources.ts'

const WINDOW_MS = 10_000
const RATES = [25, 30]
const TOLERANCE = 0.01

export const frameRate = sessionRule(
  {
    id: 'encoder.frame-rate',
    level: 'should',
    title: 'video has 25 or 30 frames per second',
    source: { document: LIVE_ENCODING, clause: 'General Recommendations' },
    advice: 'Set the frame rate to 25 or 30; 60 costs bandwidth and latency.',
    mutants: ['fps-60'],
  },
  (record) => {
    const expected = '25 or 30 frames per second (±1 %) over 10 s'
    const windows = windowsOf(framesOf(record, 'video'), WINDOW_MS)
    if (windows.length === 0) return skipped(expected, 'less than 10 s of video')
    const rates = windows.map((frames) => ((frames.length - 1) * 1000) / spanOf(frames))
    const wrong = rates.findIndex(
      (rate) => !RATES.some((wanted) => Math.abs(rate - wanted) <= wanted * TOLERANCE),
    )
    const shown = (rate: number): string => `${rate.toFixed(2)} frames per second`
    if (wrong < 0) return holds(expected, shown(rates[0] ?? 0))
    const first = windows[wrong]?.[0]
    const note = `${windows[wrong]?.length} frames in 10 s`
    return broken(expected, shown(rates[wrong] ?? 0), [
      { note, at: first?.at ?? 0, frame: first?.frame ?? 0 },
    ])
  },
)
