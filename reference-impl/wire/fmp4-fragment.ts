import { NON_SYNC_SAMPLE, SYNC_SAMPLE } from './fmp4-init.ts'

export interface FragmentSample {
  readonly data: Uint8Array
  /** In the track's timescale, 1 to 2³²−1. */
  readonly duration: number
  /** Presentation minus decode time in the track's timescale, signed 32 bit. */
  readonly compositionOffset: number
  readonly key: boolean
}

export interface FragmentTrack {
  readonly id: number
  /** Of the first sample, in the track's timescale; below 2⁵³. */
  readonly decodeTime: number
  readonly samples: readonly FragmentSample[]
}

const MFHD_SIZE = 16
const TFHD_SIZE = 16
const TFDT_SIZE = 20
const TRUN_HEADER_SIZE = 20
const TRUN_SAMPLE_SIZE = 16
/** data-offset, and per sample: duration, size, flags, composition offset (§8.8.8.1). */
const TRUN_FLAGS = 0x000001 | 0x000100 | 0x000200 | 0x000400 | 0x000800
/** §8.8.7.1 */
const DEFAULT_BASE_IS_MOOF = 0x020000

const MOOF = 0x6d6f6f66
const MFHD = 0x6d666864
const TRAF = 0x74726166
const TFHD = 0x74666864
const TFDT = 0x74666474
const TRUN = 0x7472756e
const MDAT = 0x6d646174

/**
 * One movie fragment, `moof` + `mdat` (ISO/IEC 14496-12 §8.8). `headroom` bytes are left free in
 * front, so that a transport can put its own header there without copying the fragment.
 */
export function writeFragment(
  sequence: number,
  tracks: readonly FragmentTrack[],
  headroom = 0,
): Buffer<ArrayBuffer> {
  let moofSize = 8 + MFHD_SIZE
  let mediaSize = 0
  for (const track of tracks) {
    moofSize += trafSize(track)
    for (const sample of track.samples) mediaSize += sample.data.length
  }
  const out = Buffer.allocUnsafeSlow(headroom + moofSize + 8 + mediaSize)
  const view = new DataView(out.buffer, headroom)
  view.setUint32(0, moofSize)
  view.setUint32(4, MOOF)
  view.setUint32(8, MFHD_SIZE)
  view.setUint32(12, MFHD)
  view.setUint32(16, 0)
  view.setUint32(20, sequence >>> 0)
  let at = 8 + MFHD_SIZE
  let media = moofSize + 8
  for (const track of tracks) {
    writeTraf(view, at, track, media)
    at += trafSize(track)
    for (const sample of track.samples) {
      out.set(sample.data, headroom + media)
      media += sample.data.length
    }
  }
  view.setUint32(moofSize, 8 + mediaSize)
  view.setUint32(moofSize + 4, MDAT)
  return out
}

function trafSize(track: FragmentTrack): number {
  return 8 + TFHD_SIZE + TFDT_SIZE + TRUN_HEADER_SIZE + TRUN_SAMPLE_SIZE * track.samples.length
}

function writeTraf(view: DataView, start: number, track: FragmentTrack, dataOffset: number): void {
  let at = start
  const put = (...words: readonly number[]) => {
    for (const word of words) {
      view.setUint32(at, word)
      at += 4
    }
  }
  put(trafSize(track), TRAF)
  put(TFHD_SIZE, TFHD, DEFAULT_BASE_IS_MOOF, track.id)
  // Version 1: a 64-bit decode time (§8.8.12).
  put(TFDT_SIZE, TFDT, 0x01000000, Math.floor(track.decodeTime / 2 ** 32), track.decodeTime >>> 0)
  // Version 1: signed composition offsets (§8.8.8).
  const { samples } = track
  put(TRUN_HEADER_SIZE + TRUN_SAMPLE_SIZE * samples.length, TRUN, 0x01000000 | TRUN_FLAGS)
  put(samples.length, dataOffset)
  for (const sample of samples) {
    put(sample.duration, sample.data.length, sample.key ? SYNC_SAMPLE : NON_SYNC_SAMPLE)
    view.setInt32(at, sample.compositionOffset)
    at += 4
  }
}
