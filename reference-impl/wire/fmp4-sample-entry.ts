import type { AudioTrack, Track, VideoTrack } from '../live/frame.ts'
import { box, fullBox, u8, u16, u32, zeros } from './fmp4-box.ts'

/** The sample entry of a track, ISO/IEC 14496-12 §8.5.2 and the codec's own binding. */
export function sampleEntry(track: Track): Uint8Array {
  return track.kind === 'video' ? visualSampleEntry(track) : audioSampleEntry(track)
}

const CONFIG_BOX = { avc1: 'avcC', hvc1: 'hvcC', av01: 'av1C' } as const

function visualSampleEntry(track: VideoTrack): Uint8Array {
  return box(
    track.codec,
    zeros(6),
    u16(1), // data_reference_index
    zeros(16),
    u16(track.width, track.height),
    u32(0x00480000, 0x00480000), // 72 dpi
    u32(0),
    u16(1), // frame_count
    zeros(32), // compressorname
    u16(0x0018, 0xffff), // depth, pre_defined
    box(CONFIG_BOX[track.codec], withFourByteLengths(track)),
  )
}

/** Position of lengthSizeMinusOne: ISO/IEC 14496-15 §5.3.3.1 (avcC), §8.3.3.1 (hvcC). */
const LENGTH_SIZE_OFFSET = { avc1: 4, hvc1: 21, av01: -1 } as const

/** Frames carry 4-byte lengths whatever the encoder used, so the configuration must say so. */
function withFourByteLengths(track: VideoTrack): Uint8Array {
  const offset = LENGTH_SIZE_OFFSET[track.codec]
  const byte = track.config[offset]
  if (byte === undefined || (byte & 3) === 3) return track.config
  const config = track.config.slice()
  config[offset] = byte | 3
  return config
}

function audioSampleEntry(track: AudioTrack): Uint8Array {
  const opus = track.codec === 'opus'
  return box(
    opus ? 'Opus' : 'mp4a',
    zeros(6),
    u16(1), // data_reference_index
    zeros(8),
    u16(track.channels, 16),
    zeros(4),
    // 16.16: rates above 65,535 Hz do not fit and stand in the codec's configuration alone.
    u16(track.sampleRate > 0xffff ? 0 : track.sampleRate, 0),
    opus ? box('dOps', track.config) : esds(track.config),
  )
}

/** ISO/IEC 14496-14 §5.6 and 14496-1 §7.2.6: ES_Descriptor around the AudioSpecificConfig. */
function esds(config: Uint8Array): Uint8Array {
  const decoderSpecific = descriptor(0x05, config)
  const decoderConfig = descriptor(
    0x04,
    u8(0x40, 0x15, 0, 0, 0), // MPEG-4 audio, audio stream, bufferSizeDB
    u32(0, 0), // maxBitrate, avgBitrate: unknown
    decoderSpecific,
  )
  return fullBox(
    'esds',
    0,
    0,
    descriptor(0x03, u16(2), u8(0), decoderConfig, descriptor(0x06, u8(2))),
  )
}

function descriptor(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = u8(
    tag,
    0x80 | (length >>> 21),
    0x80 | ((length >>> 14) & 0x7f),
    0x80 | ((length >>> 7) & 0x7f),
    length & 0x7f,
  )
  const out = new Uint8Array(head.length + length)
  out.set(head)
  let at = head.length
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
