import { broken, holds, info, skipped } from '../findings.ts'
import { framesOf } from '../media-frames.ts'
import { sessionRule } from './rule-of.ts'
import { OBS_SERVICE, STREAM_METRICS } from './sources.ts'

const PROFILES: Record<number, string> = { 66: 'Baseline', 77: 'Main', 88: 'Extended', 100: 'High' }
const CONSTRAINT_SET1 = 0x40

export const profile = sessionRule(
  {
    id: 'encoder.profile',
    level: 'info',
    title: 'H.264 baseline or constrained baseline is recommended',
    source: { document: OBS_SERVICE, clause: 'profile baseline' },
    advice: 'Set the H.264 profile to baseline: every device decodes it, without reordering.',
    mutants: [],
  },
  (record) => {
    const expected = 'Baseline or Constrained Baseline is recommended'
    const track = record.tracks.find(({ codec, profile }) => codec === 'avc1' && profile)
    if (!track?.profile) return skipped(expected, 'no H.264 sequence header')
    const constrained = track.profile === 66 && ((track.constraints ?? 0) & CONSTRAINT_SET1) !== 0
    const name = PROFILES[track.profile] ?? `profile_idc ${track.profile}`
    const level = ((track.level ?? 0) / 10).toFixed(1)
    return info(expected, `${constrained ? 'Constrained ' : ''}${name}, level ${level}`)
  },
)

export const parameterSets = sessionRule(
  {
    id: 'encoder.parameter-sets',
    level: 'must',
    title: 'parameter sets come before the first key frame and never change',
    source: { document: 'ITU-T H.264', clause: '7.4.1.2.1' },
    advice: 'Send one AVC sequence header (avcC with SPS and PPS) before the first frame.',
    mutants: ['no-sps', 'resolution-change'],
  },
  (record) => {
    const expected = 'parameter sets before the first key frame, the same for the whole session'
    const key = framesOf(record, 'video').find((frame) => frame.key)
    if (!key) return skipped(expected, 'no key frame')
    const sets = record.tracks.filter(({ kind, config }) => kind === 'video' && config.length > 0)
    const first = sets[0]
    const at = { at: key.at, frame: key.frame }
    if (!first) return broken(expected, 'no parameter sets', [{ note: 'first key frame', ...at }])
    if (first.at > key.at) {
      return broken(expected, 'the first key frame came before them', [
        { note: 'key frame', ...at },
      ])
    }
    const changes = sets.filter(({ config }) => config !== first.config)
    if (changes.length === 0) return holds(expected, 'as expected')
    return broken(
      expected,
      `other parameter sets later in the session`,
      changes.map(({ at, config }) => ({
        note: 'other sequence header',
        at,
        bytes: config.slice(0, 128),
      })),
    )
  },
)

export const firstFrameKey = sessionRule(
  {
    id: 'encoder.first-frame-key',
    level: 'must',
    title: 'the first video frame is a key frame (IDR)',
    source: { document: STREAM_METRICS, clause: 'first key frame' },
    advice: 'Begin every session, reconnects too, with an IDR frame.',
    mutants: ['starts-on-p'],
  },
  (record) => {
    const expected = 'an IDR frame first'
    const frames = framesOf(record, 'video')
    const first = frames[0]
    if (!first) return skipped(expected, 'no video')
    const h264 = record.tracks.some(({ codec }) => codec === 'avc1')
    if (first.key && (first.idr || !h264)) return holds(expected, 'as expected')
    const next = frames.find(({ key }) => key)
    const wait = next ? `the first key frame is frame ${next.frame}` : 'no key frame so far'
    const what = first.key ? 'flagged as key frame, but holds no IDR slice' : 'not a key frame'
    return broken(expected, `${what}; ${wait}`, [{ note: what, at: first.at, frame: 0 }])
  },
)
