import { broken, holds, info, skipped } from '../findings.ts'
import type { IngestRecord } from '../ingest-record.ts'
import { framesOf, spanOf, type TrackKind } from '../media-frames.ts'
import type { Evidence } from '../rule.ts'
import { sessionRule } from './rule-of.ts'
import { LIVE_ENCODING } from './sources.ts'

/** ms of video after which missing audio is a choice, not a late start. */
const AUDIO_GRACE_MS = 2_000

const NAMES: Record<string, string> = {
  avc1: 'H.264',
  hvc1: 'H.265',
  av01: 'AV1',
  mp4a: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
}

export const videoCodec = sessionRule(
  {
    id: 'encoder.video-codec',
    level: 'must',
    title: 'video is H.264',
    source: { document: LIVE_ENCODING, clause: 'Supported Formats' },
    advice: 'Select H.264 (AVC) as the video codec; H.265 is available on request only.',
    mutants: ['hevc'],
  },
  (record) => {
    const expected = 'H.264 video'
    const announced = announcements(record, 'video')
    if (announced.length === 0) {
      const any = framesOf(record, 'video').length > 0
      return skipped(expected, any ? 'no sequence header told the codec' : 'no video')
    }
    const others = announced.filter(({ codec }) => codec !== 'avc1')
    return others.length === 0
      ? holds(expected, 'H.264 video')
      : broken(expected, names(others), others.map(toEvidence))
  },
)

export const audioCodec = sessionRule(
  {
    id: 'encoder.audio-codec',
    level: 'must',
    title: 'audio is AAC over RTMP and SRT, Opus over WHIP',
    source: { document: LIVE_ENCODING, clause: 'Supported Formats' },
    advice: 'Select AAC-LC as the audio codec.',
    mutants: ['mp3-audio'],
  },
  (record) => {
    const wanted = record.protocol === 'whip' ? 'opus' : 'mp4a'
    const expected = `${NAMES[wanted]} audio over ${record.protocol.toUpperCase()}`
    const announced = announcements(record, 'audio')
    if (announced.length === 0) {
      if (framesOf(record, 'audio').length > 0) {
        return skipped(expected, 'no sequence header told the codec')
      }
      const long = spanOf(framesOf(record, 'video')) >= AUDIO_GRACE_MS
      return long ? info(expected, 'no audio') : skipped(expected, 'too little media to tell')
    }
    const others = announced.filter(({ codec }) => codec.toLowerCase() !== wanted)
    return others.length === 0
      ? holds(expected, `${NAMES[wanted]} audio`)
      : broken(expected, names(others), others.map(toEvidence))
  },
)

function announcements(record: IngestRecord, kind: TrackKind): IngestRecord['tracks'] {
  return record.tracks.filter((track) => track.kind === kind)
}

function names(tracks: IngestRecord['tracks']): string {
  return [...new Set(tracks.map(({ codec }) => NAMES[codec] ?? codec))].join(', ')
}

function toEvidence({ at, kind, codec }: IngestRecord['tracks'][number]): Evidence {
  return { at, note: `${kind} announced as ${codec}` }
}
