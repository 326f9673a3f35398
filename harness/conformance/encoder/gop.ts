import { broken, count, holds, seconds, skipped } from '../findings.ts'
import type { IngestRecord } from '../ingest-record.ts'
import { frameDuration, framesOf, type MediaFrame } from '../media-frames.ts'
import type { Evidence } from '../rule.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING, OBS_SERVICE } from './sources.ts'

const SHORTEST_MS = 1_000
const LONGEST_MS = 2_500
/** Beyond this viewers cannot join, and it counts as a MUST. */
const INTOLERABLE_MS = 5_000
/** ms between a key frame in the record and the note that it answers a request. */
const ANSWER_MS = 20
/** FLV timestamps are whole ms. */
const ROUNDING_MS = 2

interface Interval {
  readonly ms: number
  /** The key frame that ends it, or the last frame when the recording ends first. */
  readonly end: MediaFrame
}

export const gopLength = sessionRule(
  {
    id: 'encoder.gop-length',
    level: 'should',
    title: 'key frames come every 1.0 to 2.5 s',
    source: { document: `${LIVE_ENCODING}; ${OBS_SERVICE}`, clause: 'Encoder GOP Size' },
    advice: 'Set the key-frame interval to 2 s (50 frames at 25 fps, 60 at 30 fps).',
    mutants: ['gop-8s'],
  },
  (record) => {
    const expected = 'key-frame interval 1.0–2.5 s, never above 5 s'
    const frames = framesOf(record, 'video')
    const intervals = closedIntervals(frames, record)
    const open = openInterval(frames)
    // What has not ended yet can only be too long.
    if (open && open.ms > LONGEST_MS + ROUNDING_MS) intervals.push(open)
    if (intervals.length === 0) return skipped(expected, 'fewer than two key frames so far')
    const longest = intervals.reduce((a, b) => (b.ms > a.ms ? b : a))
    const shortest = intervals.reduce((a, b) => (b.ms < a.ms ? b : a))
    const tooLong = longest.ms > LONGEST_MS + ROUNDING_MS
    const shown = tooLong ? longest : shortest
    const actual = `${seconds(shown.ms)} (${count(intervals.length, 'interval')})`
    if (longest.ms > INTOLERABLE_MS + ROUNDING_MS) {
      return { result: 'failed', expected, actual, evidence: [toEvidence(longest)] }
    }
    if (tooLong || shortest.ms < SHORTEST_MS - ROUNDING_MS) {
      return broken(expected, actual, [toEvidence(shown)])
    }
    return holds(
      expected,
      `${seconds(shortest.ms)} to ${seconds(longest.ms)} (${count(intervals.length, 'interval')})`,
    )
  },
)

export const gopRegular = sessionRule(
  {
    id: 'encoder.gop-regular',
    level: 'should',
    title: 'all key-frame intervals are equal, to one frame',
    source: { document: OBS_SERVICE, clause: 'scenecut=0' },
    advice: 'Switch off scene-change detection (x264: scenecut=0) and fix the key-frame interval.',
    mutants: ['scenecut'],
  },
  (record) => {
    const frames = framesOf(record, 'video')
    const expected = 'key-frame intervals that differ by at most one frame'
    const intervals = closedIntervals(frames, record)
    if (intervals.length < 2) return skipped(expected, 'fewer than three regular key frames so far')
    const lengths = intervals.map(({ ms }) => ms)
    const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)]
    const actual = `${seconds(shortest)} to ${seconds(longest)} (${count(lengths.length, 'interval')})`
    if (longest - shortest <= frameDuration(frames) + ROUNDING_MS) return holds(expected, actual)
    return broken(expected, actual, intervals.map(toEvidence))
  },
)

/** Those that the encoder chose to end: a key frame that WebRTC asked for (PLI) is none of them. */
function closedIntervals(frames: readonly MediaFrame[], record: IngestRecord): Interval[] {
  const answers = record.events.flatMap(({ type, at, answeredMs }) =>
    type === 'pli' && typeof answeredMs === 'number' ? [at + answeredMs] : [],
  )
  const wasAsked = ({ at }: MediaFrame) =>
    answers.some((answer) => Math.abs(answer - at) <= ANSWER_MS)
  const keys = frames.filter(({ key }) => key)
  return keys
    .slice(1)
    .map((end, i) => ({ ms: end.media - (keys[i]?.media ?? 0), end }))
    .filter(({ end }) => !wasAsked(end))
}

function openInterval(frames: readonly MediaFrame[]): Interval | null {
  const key = frames.findLast((frame) => frame.key)
  const end = frames.at(-1)
  return key && end ? { ms: end.media - key.media, end } : null
}

function toEvidence({ ms, end }: Interval): Evidence {
  const what = end.key ? 'key frame' : 'still no key frame'
  return { note: `${what} after ${seconds(ms)}`, at: end.at, frame: end.frame }
}
