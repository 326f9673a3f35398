import { broken, count, holds, seconds, skipped } from '../findings.ts'
import type { IngestRecord } from '../ingest-record.ts'
import { framesOf, JUMP_MS, type MediaFrame, windowsOf } from '../media-frames.ts'
import type { Evidence } from '../rule.ts'
import { sessionRule } from './rule-of.ts'
import { slopeOf } from './slope.ts'
import { STREAM_METRICS } from './sources.ts'

const KINDS = ['video', 'audio'] as const
const STR_WINDOW_MS = 15_000
const STR_MUST = 0.07
const STR_SHOULD = 0.03

export const timestampsMonotonic = sessionRule(
  {
    id: 'encoder.timestamps-monotonic',
    level: 'must',
    title: 'decode times strictly increase in each track',
    source: { document: 'RTMP 1.0; ISO/IEC 13818-1', clause: '§5; 2.4.2.7' },
    advice: 'Take decode times from one monotonic clock; never from the wall clock.',
    mutants: ['dts-backwards'],
  },
  (record) => {
    const expected = 'each frame later than the one before it in its track'
    const steps = stepsOf(record)
    if (steps.length === 0) return skipped(expected, 'fewer than two frames in every track')
    const wrong = steps.filter(({ ms }) => ms <= 0)
    if (wrong.length === 0) return holds(expected, `${steps.length} steps ahead`)
    return broken(
      expected,
      `${count(wrong.length, 'step')} back or standing still`,
      wrong.map(toEvidence),
    )
  },
)

export const timestampsGap = sessionRule(
  {
    id: 'encoder.timestamps-gap',
    level: 'must',
    title: 'timestamps never jump by more than 1 s within a session',
    source: { document: STREAM_METRICS, clause: 'timestamps' },
    advice: 'Keep one timeline for a session; after a break, close it and publish again.',
    mutants: ['dts-jump'],
  },
  (record) => {
    const expected = 'no step of more than 1 s between two frames of a track'
    const steps = stepsOf(record)
    if (steps.length === 0) return skipped(expected, 'fewer than two frames in every track')
    const jumps = steps.filter(({ ms }) => Math.abs(ms) > JUMP_MS)
    const largest = Math.max(...steps.map(({ ms }) => Math.abs(ms)))
    if (jumps.length === 0) return holds(expected, `at most ${seconds(largest)}`)
    return broken(
      expected,
      `${count(jumps.length, 'jump')} of up to ${seconds(largest)}`,
      jumps.map(toEvidence),
    )
  },
)

export const timestampsRealtime = sessionRule(
  {
    id: 'encoder.timestamps-realtime',
    level: 'must',
    title: 'a second of media arrives each second',
    source: { document: STREAM_METRICS, clause: 'stream time ratio' },
    advice: 'Check that the encoder keeps up (CPU) and that the uplink carries the bitrate.',
    mutants: ['slow-clock'],
  },
  (record) => {
    const expected = 'stream time / real time 0.97–1.03 over 15 s; below 0.93 or above 1.07 fails'
    const video = framesOf(record, 'video')
    const frames = video.length > 0 ? video : framesOf(record, 'audio')
    const windows = windowsOf(frames, STR_WINDOW_MS)
    if (windows.length === 0) return skipped(expected, 'less than 15 s of media')
    const ratios = windows.map((window) => slopeOf(window.map(({ at, media }) => [at, media])))
    const off = ratios.map((ratio) => Math.abs(ratio - 1))
    const worst = off.indexOf(Math.max(...off))
    const actual = (ratios[worst] ?? 1).toFixed(3)
    if ((off[worst] ?? 0) <= STR_SHOULD) return holds(expected, actual)
    const first = windows[worst]?.[0]
    const evidence = [{ note: `${actual} over 15 s`, at: first?.at ?? 0, frame: first?.frame ?? 0 }]
    if ((off[worst] ?? 0) > STR_MUST) return broken(expected, actual, evidence)
    return { result: 'warned', expected, actual, evidence }
  },
)

interface Step {
  readonly kind: string
  readonly ms: number
  readonly frame: MediaFrame
}

function stepsOf(record: IngestRecord): Step[] {
  return KINDS.flatMap((kind) => {
    const frames = framesOf(record, kind)
    return frames
      .slice(1)
      .map((frame, i) => ({ kind, ms: frame.dts - (frames[i]?.dts ?? 0), frame }))
  })
}

function toEvidence({ kind, ms, frame }: Step): Evidence {
  return {
    note: `${kind} ${ms > 0 ? '+' : ''}${ms.toFixed(0)} ms`,
    at: frame.at,
    frame: frame.frame,
  }
}
