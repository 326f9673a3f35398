import { TICKS_PER_SECOND, type Track } from '../live/frame.ts'
import { ascii, box, fullBox, u8, u16, u32, zeros } from './fmp4-box.ts'
import { sampleEntry } from './fmp4-sample-entry.ts'

export const VIDEO_TRACK_ID = 1
export const AUDIO_TRACK_ID = 2

/** Sample flags, ISO/IEC 14496-12 §8.8.3.1: depends on no other sample, is a sync sample. */
export const SYNC_SAMPLE = 0x02000000
/** Depends on others, is no sync sample. */
export const NON_SYNC_SAMPLE = 0x01010000

/** Units per second in a track's decode times: 90,000 for video, the sample rate for audio. */
export function timescaleOf(track: Track): number {
  return track.kind === 'video' ? TICKS_PER_SECOND : track.sampleRate
}

export function trackIdOf(track: Track): number {
  return track.kind === 'video' ? VIDEO_TRACK_ID : AUDIO_TRACK_ID
}

/** The initialisation segment: `ftyp` and a `moov` without samples (ISO/IEC 14496-12 §8.8). */
export function writeInit(tracks: readonly Track[]): Uint8Array {
  const ftyp = box('ftyp', ascii('iso6'), u32(0), ascii('iso6'), ascii('mp41'))
  const moov = box(
    'moov',
    fullBox(
      'mvhd',
      0,
      0,
      u32(0, 0, 1000, 0), // creation, modification, timescale, duration
      u32(0x00010000), // rate
      u16(0x0100, 0), // volume
      zeros(8),
      MATRIX,
      zeros(24),
      u32(AUDIO_TRACK_ID + 1), // next_track_ID
    ),
    ...tracks.map(trak),
    box('mvex', ...tracks.map(trex)),
  )
  const out = new Uint8Array(ftyp.length + moov.length)
  out.set(ftyp)
  out.set(moov, ftyp.length)
  return out
}

/** §8.3.2: the unity matrix. */
const MATRIX = u32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000)

function trak(track: Track): Uint8Array {
  const video = track.kind === 'video'
  const tkhd = fullBox(
    'tkhd',
    0,
    3, // enabled, in movie
    u32(0, 0, trackIdOf(track), 0, 0),
    zeros(8),
    u16(0, 0, video ? 0 : 0x0100, 0), // layer, alternate_group, volume
    MATRIX,
    u16(video ? track.width : 0, 0, video ? track.height : 0, 0), // 16.16
  )
  const mdia = box(
    'mdia',
    fullBox('mdhd', 0, 0, u32(0, 0, timescaleOf(track), 0), u16(0x55c4, 0)), // language 'und'
    fullBox('hdlr', 0, 0, u32(0), ascii(video ? 'vide' : 'soun'), zeros(12), u8(0)),
    box(
      'minf',
      video ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4)),
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      box(
        'stbl',
        fullBox('stsd', 0, 0, u32(1), sampleEntry(track)),
        fullBox('stts', 0, 0, u32(0)),
        fullBox('stsc', 0, 0, u32(0)),
        fullBox('stsz', 0, 0, u32(0, 0)),
        fullBox('stco', 0, 0, u32(0)),
      ),
    ),
  )
  return box('trak', tkhd, mdia)
}

/** §8.8.3 */
function trex(track: Track): Uint8Array {
  const flags = track.kind === 'video' ? NON_SYNC_SAMPLE : SYNC_SAMPLE
  return fullBox('trex', 0, 0, u32(trackIdOf(track), 1, 0, 0, flags))
}
