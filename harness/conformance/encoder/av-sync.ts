import { broken, holds, skipped } from '../findings.ts'
import type { IngestRecord } from '../ingest-record.ts'
import { framesOf, type MediaFrame, median } from '../media-frames.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING } from './sources.ts'

const START_MS = 500
const DRIFT_MS = 100
const INTERLEAVE_MS = 500
/** ms at each end over which the offset is taken. */
const DRIFT_EDGE_MS = 2_000
const DRIFT_MIN_MS = 6_000
const INTERLEAVE_MIN_MS = 2_000
const ONE_TRACK = 'only one of audio and video came'
const source = { document: LIVE_ENCODING, clause: 'Encoder Configuration' }

export const avStart = sessionRule(
  {
    id: 'encoder.av-start',
    level: 'should',
    title: 'audio and video begin within 500 ms of each other',
    source,
    advice: 'Begin to send when both audio and video are there.',
    mutants: ['late-audio'],
  },
  (record) => {
    const expected = 'first audio and first video at most 500 ms apart'
    const video = framesOf(record, 'video')[0]
    const audio = framesOf(record, 'audio')[0]
    if (!video || !audio) return skipped(expected, ONE_TRACK)
    const apart = audio.dts - video.dts
    const actual = `audio ${ms(apart)} after video`
    if (Math.abs(apart) <= START_MS) return holds(expected, actual)
    const late = apart > 0 ? audio : video
    const note = apart > 0 ? 'first audio frame' : 'first video frame'
    return broken(expected, actual, [{ note, at: late.at, frame: 0 }])
  },
)

export const avDrift = sessionRule(
  {
    id: 'encoder.av-drift',
    level: 'must',
    title: 'audio and video clocks do not drift apart',
    source,
    advice: 'Drive audio and video from one clock; resample audio that has its own.',
    mutants: ['drifting-audio'],
  },
  (record) => {
    const expected = 'the offset between audio and video changes by less than 100 ms'
    const offsets = offsetsOf(record)
    const first = offsets[0]
    const last = offsets.at(-1)
    if (!first || !last) return skipped(expected, ONE_TRACK)
    const span = last.video.at - first.video.at
    if (span < DRIFT_MIN_MS) return skipped(expected, 'less than 6 s of audio with video')
    const middle = (part: typeof offsets): number =>
      median(part.map(({ audioAhead }) => audioAhead))
    const early = offsets.filter(({ video }) => video.at <= first.video.at + DRIFT_EDGE_MS)
    const late = offsets.filter(({ video }) => video.at >= last.video.at - DRIFT_EDGE_MS)
    const drift = middle(late) - middle(early)
    const actual = `${ms(drift)} in ${(span / 1000).toFixed(1)} s`
    if (Math.abs(drift) < DRIFT_MS) return holds(expected, actual)
    const note = `audio ${ms(middle(late))} ahead, ${ms(middle(early))} at the start`
    return broken(expected, actual, [{ note, at: last.video.at, frame: last.video.frame }])
  },
)

export const avInterleave = sessionRule(
  {
    id: 'encoder.av-interleave',
    level: 'should',
    title: 'audio and video arrive together',
    source,
    advice: 'Interleave audio and video by decode time before sending.',
    mutants: ['bad-interleave'],
  },
  (record) => {
    const expected = 'at arrival, audio at most 500 ms away from video'
    const offsets = offsetsOf(record)
    const first = offsets[0]
    const last = offsets.at(-1)
    if (!first || !last) return skipped(expected, ONE_TRACK)
    if (last.video.at - first.video.at < INTERLEAVE_MIN_MS) {
      return skipped(expected, 'less than 2 s of audio with video')
    }
    const worst = offsets.reduce((a, b) =>
      Math.abs(b.audioAhead) > Math.abs(a.audioAhead) ? b : a,
    )
    const side = worst.audioAhead < 0 ? 'behind' : 'ahead of'
    const actual = `audio up to ${ms(Math.abs(worst.audioAhead))} ${side} video`
    if (Math.abs(worst.audioAhead) <= INTERLEAVE_MS) return holds(expected, actual)
    return broken(expected, actual, [
      { note: actual, at: worst.video.at, frame: worst.video.frame },
    ])
  },
)

/**
 * For each video frame, how far the audio that had arrived by then is ahead of it (ms of media);
 * from when both have begun.
 */
function offsetsOf(record: IngestRecord): { video: MediaFrame; audioAhead: number }[] {
  const audio = framesOf(record, 'audio')
  const offsets: { video: MediaFrame; audioAhead: number }[] = []
  let heard = -1
  for (const video of framesOf(record, 'video')) {
    while ((audio[heard + 1]?.order ?? Infinity) < video.order) heard++
    const latest = audio[heard]
    if (latest) offsets.push({ video, audioAhead: latest.media - video.media })
  }
  return offsets
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}
