import { broken, holds, skipped } from '../findings.ts'
import { framesOf } from '../media-frames.ts'
import { sessionRule } from './rule-of.ts'
import { STREAM_METRICS } from './sources.ts'

const SHOULD_MS = 500
const MUST_MS = 1_200
const ENOUGH_FRAMES = 30

export const frameDelay = sessionRule(
  {
    id: 'encoder.frame-delay',
    level: 'should',
    title: 'no frame keeps the ingest waiting for 500 ms',
    source: { document: STREAM_METRICS, clause: 'frame delay' },
    advice: 'Look for an overloaded encoder or an uplink that stalls; lower the bitrate.',
    mutants: ['stalls'],
  },
  (record) => {
    const expected = 'longest wait below 500 ms; from 1200 ms on it fails'
    const video = framesOf(record, 'video')
    const frames = video.length > 0 ? video : framesOf(record, 'audio')
    if (frames.length < ENOUGH_FRAMES) return skipped(expected, `only ${frames.length} frames`)
    const waits = frames
      .slice(1)
      .map((frame, i) => ({ frame, ms: frame.at - (frames[i]?.at ?? 0) }))
    const longest = Math.max(...waits.map(({ ms }) => ms))
    const actual = `${longest.toFixed(0)} ms`
    if (longest < SHOULD_MS) return holds(expected, actual)
    const evidence = waits
      .filter(({ ms }) => ms >= SHOULD_MS)
      .map(({ frame, ms }) => ({
        note: `waited ${ms.toFixed(0)} ms for this frame`,
        at: frame.at,
        frame: frame.frame,
      }))
    if (longest >= MUST_MS)
      return { result: 'failed', expected, actual, evidence: evidence.slice(0, 5) }
    return broken(expected, actual, evidence)
  },
)
