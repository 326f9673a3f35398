import { WireError } from '../../errors.ts'
import type { VideoTrack } from '../../live/frame.ts'
import { av1CodecString } from '../../wire/av1.ts'
import { hexOf } from '../../wire/bytes.ts'
import { avcCodecString, H264NalType, h264NalType, parseAvcC } from '../../wire/h264.ts'
import { parseH264Sps } from '../../wire/h264-sps.ts'
import { isHevcKey, parseHevcSpsSize, parseHvcC } from '../../wire/hevc.ts'
import { joinLengthPrefixed, splitLengthPrefixed } from '../../wire/nal.ts'
import type { IngestTrack } from '../record.ts'

/** Reads the frames of one video track. */
export interface VideoReader {
  readonly codec: VideoTrack['codec']
  readonly track: VideoTrack
  /** Throws `WireError` for a frame that is not made of whole NAL units. */
  accessUnit(data: Uint8Array): { data: Uint8Array; idr: boolean }
}

export interface ReadVideoTrack {
  readonly facts: Omit<IngestTrack, 'at'>
  /** Null when the configuration is broken, or of a codec that is only recognised. */
  readonly reader: VideoReader | null
  readonly error: WireError | null
}

/** Pixels; 0 where unknown. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/**
 * `config`: the body of a sequence header; `declared`: for a codec whose size is not read here.
 * Never throws: what is broken is said in `error`.
 */
export function readVideoTrack(
  codec: string,
  config: Uint8Array,
  declared: PictureSize,
): ReadVideoTrack {
  const facts: Omit<IngestTrack, 'at'> = { kind: 'video', codec, config: hexOf(config) }
  try {
    if (codec === 'avc1') return readAvc(facts, config)
    if (codec === 'hvc1') return readHevc(facts, config)
    if (codec === 'av01') return readAv1(facts, config, declared)
    return { facts, reader: null, error: null }
  } catch (error) {
    if (error instanceof WireError) return { facts, reader: null, error }
    throw error
  }
}

type Facts = ReadVideoTrack['facts']

function readAvc(facts: Facts, config: Uint8Array): ReadVideoTrack {
  const avcC = parseAvcC(config)
  const { profile, constraints, level } = avcC
  const [sps] = avcC.sps
  if (sps === undefined) throw new WireError('LP_AVCC', 'avcC without an SPS')
  const { width, height } = parseH264Sps(sps)
  const track: VideoTrack = {
    kind: 'video',
    codec: 'avc1',
    config: withFourByteLengths(config, avcC.lengthSize, 4),
    width,
    height,
    codecString: avcCodecString(avcC),
  }
  const isIdr = (unit: Uint8Array) => h264NalType(unit) === H264NalType.idr
  return {
    facts: { ...facts, width, height, profile, constraints, level },
    reader: nalReader(track, avcC.lengthSize, isIdr),
    error: null,
  }
}

function readHevc(facts: Facts, config: Uint8Array): ReadVideoTrack {
  const hvcC = parseHvcC(config)
  const { profile, level, lengthSize, codecString } = hvcC
  const [sps] = hvcC.sps
  if (sps === undefined) throw new WireError('LP_HVCC', 'hvcC without an SPS')
  const size = parseHevcSpsSize(sps)
  const track: VideoTrack = {
    kind: 'video',
    codec: 'hvc1',
    config: withFourByteLengths(config, lengthSize, 21),
    ...size,
    codecString,
  }
  return {
    facts: { ...facts, ...size, profile, level },
    reader: nalReader(track, lengthSize, isHevcKey),
    error: null,
  }
}

/** AV1 is recognised and passed on as it is; its sequence header is not taken apart. */
function readAv1(facts: Facts, config: Uint8Array, size: PictureSize): ReadVideoTrack {
  const codecString = av1CodecString(config)
  const track: VideoTrack = { kind: 'video', codec: 'av01', config, ...size, codecString }
  const reader: VideoReader = {
    codec: 'av01',
    track,
    accessUnit: (data) => ({ data, idr: false }),
  }
  return { facts, reader, error: null }
}

/** Frames leave with 4-byte lengths, so the configuration must say 4 too (byte `at`, two low bits). */
function withFourByteLengths(config: Uint8Array, lengthSize: number, at: number): Uint8Array {
  if (lengthSize === 4) return config
  const changed = Uint8Array.from(config)
  changed[at] = (changed[at] ?? 0) | 3
  return changed
}

function nalReader(
  track: VideoTrack,
  lengthSize: number,
  isIdr: (unit: Uint8Array) => boolean,
): VideoReader {
  return {
    codec: track.codec,
    track,
    accessUnit(data) {
      const units = splitLengthPrefixed(data, lengthSize)
      return {
        data: lengthSize === 4 ? data : joinLengthPrefixed(units),
        idr: units.some(isIdr),
      }
    },
  }
}
