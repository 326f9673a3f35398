import { broken, holds, skipped } from '../findings.ts'
import { framesOf, kbpsOf, type MediaFrame, windowsOf } from '../media-frames.ts'
import type { Finding } from '../rule.ts'
import { type BitrateRange, bitrateRange } from './bitrate-ranges.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING, OBS_SERVICE } from './sources.ts'

const WINDOW_MS = 10_000
const SECOND_MS = 1_000
const MAX_VIDEO_KBPS = 5_000
const MAX_AUDIO_KBPS = 192
const MAX_BURST = 2
const TOO_SHORT = 'less than 10 s of video'

export const bitrateRangeRule = sessionRule(
  {
    id: 'encoder.bitrate-range',
    level: 'should',
    title: "the video bitrate lies in the resolution's recommended range",
    source: { document: LIVE_ENCODING, clause: 'Recommended Bitrates' },
    advice: 'Choose bitrate and resolution together: as low as possible, as high as necessary.',
    mutants: ['4k-at-300k', 'bitrate-9000'],
  },
  (record) => {
    const track = record.tracks.findLast(({ kind, height }) => kind === 'video' && height)
    if (!track?.height)
      return skipped('a bitrate in range', 'no sequence header told the resolution')
    const range = bitrateRange(track.height)
    const expected = `${describe(range)} over 10 s for ${track.width}x${track.height}`
    return judgeWindows(
      framesOf(record, 'video'),
      expected,
      (kbps) => kbps < range.min || kbps > range.max,
    )
  },
)

export const bitrateMax = sessionRule(
  {
    id: 'encoder.bitrate-max',
    level: 'should',
    title: 'video stays at or below 5000 kbit/s, audio at or below 192 kbit/s',
    source: { document: OBS_SERVICE, clause: 'max video bitrate, max audio bitrate' },
    advice: 'Lower the bitrate: video to 5000 kbit/s at most, audio to 192 kbit/s at most.',
    mutants: ['bitrate-9000'],
  },
  (record) => {
    const expected = 'video at most 5000 kbit/s, audio at most 192 kbit/s over 10 s'
    const audio = judgeWindows(framesOf(record, 'audio'), expected, (kbps) => kbps > MAX_AUDIO_KBPS)
    if (audio.result === 'broken') return { ...audio, actual: `audio ${audio.actual}` }
    const video = judgeWindows(framesOf(record, 'video'), expected, (kbps) => kbps > MAX_VIDEO_KBPS)
    return video.result === 'skipped' ? video : { ...video, actual: `video ${video.actual}` }
  },
)

export const bitrateStable = sessionRule(
  {
    id: 'encoder.bitrate-stable',
    level: 'should',
    title: 'no second has more than twice the mean video bitrate',
    source: { document: LIVE_ENCODING, clause: 'Mobile networks require lower bitrates' },
    advice: 'Use constant bitrate with a buffer (VBV) of at most one second.',
    mutants: ['bursty'],
  },
  (record) => {
    const expected = 'no second above twice the mean of its 10 s'
    const windows = windowsOf(framesOf(record, 'video'), WINDOW_MS)
    if (windows.length === 0) return skipped(expected, TOO_SHORT)
    let worst = { ratio: 0, kbps: 0, mean: 0, first: windows[0]?.[0] }
    for (const window of windows) {
      const mean = kbpsOf(window, WINDOW_MS)
      for (const second of windowsOf(window, SECOND_MS)) {
        const kbps = kbpsOf(second, SECOND_MS)
        if (kbps / mean > worst.ratio) worst = { ratio: kbps / mean, kbps, mean, first: second[0] }
      }
    }
    const actual = `${kbit(worst.kbps)} in one second, mean ${kbit(worst.mean)}`
    if (worst.ratio <= MAX_BURST) return holds(expected, actual)
    return broken(expected, actual, [evidenceOf(worst.first, `${kbit(worst.kbps)} from here on`)])
  },
)

function judgeWindows(
  frames: readonly MediaFrame[],
  expected: string,
  wrong: (kbps: number) => boolean,
): Finding {
  const windows = windowsOf(frames, WINDOW_MS)
  if (windows.length === 0) return skipped(expected, TOO_SHORT)
  const rates = windows.map((window) => kbpsOf(window, WINDOW_MS))
  const at = rates.findIndex(wrong)
  if (at < 0) return holds(expected, kbit(rates.reduce((a, b) => a + b) / rates.length))
  const actual = kbit(rates[at] ?? 0)
  return broken(expected, actual, [evidenceOf(windows[at]?.[0], `${actual} over 10 s`)])
}

function evidenceOf(frame: MediaFrame | undefined, note: string) {
  return { note, at: frame?.at ?? 0, frame: frame?.frame ?? 0 }
}

function kbit(kbps: number): string {
  return `${kbps.toFixed(0)} kbit/s`
}

function describe({ name, min, max, borrowed }: BitrateRange): string {
  const bounds = min > 0 ? `${min}–${max} kbit/s` : `at most ${max} kbit/s`
  return `${bounds} (${borrowed ? `${name}, with the ${borrowed}` : name})`
}
