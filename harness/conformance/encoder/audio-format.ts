import { broken, holds, skipped } from '../findings.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING } from './sources.ts'

const RATES = [44_100, 48_000]
const MAX_CHANNELS = 2

export const audioFormat = sessionRule(
  {
    id: 'encoder.audio-format',
    level: 'should',
    title: 'audio has 44.1 or 48 kHz and at most two channels',
    source: { document: LIVE_ENCODING, clause: 'Supported Formats' },
    advice: 'Set the audio sample rate to 48 kHz, stereo or mono.',
    mutants: ['audio-22k'],
  },
  (record) => {
    const expected = '44,100 or 48,000 Hz, at most 2 channels'
    const tracks = record.tracks.filter(({ kind, sampleRate }) => kind === 'audio' && sampleRate)
    if (tracks.length === 0) return skipped(expected, 'no audio track with a known format')
    const describe = ({ sampleRate, channels }: (typeof tracks)[number]): string =>
      `${sampleRate} Hz${channels ? `, ${channels} channel${channels === 1 ? '' : 's'}` : ''}`
    const wrong = tracks.filter(
      ({ sampleRate, channels }) =>
        !RATES.includes(sampleRate ?? 0) || (channels ?? 0) > MAX_CHANNELS,
    )
    const shown = wrong[0] ?? tracks[0]
    const actual = shown ? describe(shown) : ''
    if (wrong.length === 0) return holds(expected, actual)
    return broken(
      expected,
      actual,
      wrong.map((track) => ({ note: describe(track), at: track.at })),
    )
  },
)
