import { NON_SYNC_SAMPLE } from './fmp4-init.ts'

/** One sample of a fragment that `writeFragment` made. */
export interface MediaSample {
  readonly trackId: number
  /** In the track's timescale. */
  readonly decodeTime: number
  readonly duration: number
  /** Presentation minus decode time, signed. */
  readonly compositionOffset: number
  readonly key: boolean
  /** A view into the fragment. */
  readonly data: Buffer
}

const MOOF_HEADER = 8
const MFHD = 16
const TRAF_HEADER = 8
const TFHD = 16
const TFDT = 20
const TRUN_HEADER = 20
const TRUN_SAMPLE = 16
const BOX_HEADER = 8

/** Reads back what `writeFragment` wrote, without copying; any other fragment is a bug of ours. */
export function samplesOf(fragment: Buffer): MediaSample[] {
  const samples: MediaSample[] = []
  const moofEnd = fragment.readUInt32BE(0)
  let traf = MOOF_HEADER + MFHD
  while (traf < moofEnd) {
    const trackId = fragment.readUInt32BE(traf + TRAF_HEADER + 12)
    const tfdt = traf + TRAF_HEADER + TFHD
    let decodeTime = Number(fragment.readBigUInt64BE(tfdt + 12))
    const trun = tfdt + TFDT
    const count = fragment.readUInt32BE(trun + 12)
    let data = fragment.readUInt32BE(trun + 16)
    for (let index = 0; index < count; index++) {
      const at = trun + TRUN_HEADER + index * TRUN_SAMPLE
      const duration = fragment.readUInt32BE(at)
      const size = fragment.readUInt32BE(at + 4)
      samples.push({
        trackId,
        decodeTime,
        duration,
        compositionOffset: fragment.readInt32BE(at + 12),
        key: (fragment.readUInt32BE(at + 8) & NON_SYNC_MASK) === 0,
        data: fragment.subarray(data, data + size),
      })
      decodeTime += duration
      data += size
    }
    traf += fragment.readUInt32BE(traf)
  }
  if (traf !== moofEnd || fragment.length < moofEnd + BOX_HEADER) {
    throw new TypeError('not a fragment of ours')
  }
  return samples
}

/** ISO/IEC 14496-12 §8.8.3.1: sample_is_non_sync_sample. */
const NON_SYNC_MASK = NON_SYNC_SAMPLE & 0x10000
