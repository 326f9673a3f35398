import { WireError } from '../errors.ts'
import { ByteReader, fourCCText } from './bytes.ts'
import {
  AudioPacketType,
  type AudioTag,
  LegacySoundFormat,
  LegacyVideoCodec,
  type PacketKind,
  VideoFrameType,
  VideoPacketType,
  type VideoTag,
} from './flv.ts'

const LEGACY_RATES = [5512, 11025, 22050, 44100] as const

/** Body of a video message or tag. Throws `LP_WIRE_SHORT`, `LP_FLV_PACKET`. */
export function parseVideoTag(body: Uint8Array): VideoTag {
  const reader = new ByteReader(body)
  const first = reader.u8()
  if ((first & 0x80) !== 0) return parseEnhancedVideo(reader, (first >> 4) & 7, first & 15)
  const frameType = first >> 4
  const id = first & 15
  const key = frameType === VideoFrameType.key
  if (frameType === VideoFrameType.command) {
    return video(`flv-${id}`, false, 'command', false, 0, reader.rest())
  }
  if (id !== LegacyVideoCodec.avc && id !== LegacyVideoCodec.hevc) {
    return video(`flv-${id}`, false, 'frame', key, 0, reader.rest())
  }
  const codec = id === LegacyVideoCodec.avc ? 'avc1' : 'hvc1'
  const packetType = reader.u8()
  const composition = reader.s24()
  if (packetType === 0) return video(codec, false, 'sequence-header', key, 0, reader.rest())
  if (packetType === 1) return video(codec, false, 'frame', key, composition, reader.rest())
  if (packetType === 2) return video(codec, false, 'end', key, 0, reader.rest())
  throw new WireError('LP_FLV_PACKET', `AVC packet type ${packetType}`)
}

function parseEnhancedVideo(reader: ByteReader, frameType: number, type: number): VideoTag {
  let packetType = type
  while (packetType === VideoPacketType.modEx) packetType = skipModifier(reader)
  const key = frameType === VideoFrameType.key
  if (frameType === VideoFrameType.command && packetType !== VideoPacketType.metadata) {
    return video('none', true, 'command', false, 0, reader.rest())
  }
  if (packetType === VideoPacketType.multitrack) {
    return video('none', true, 'multitrack', key, 0, reader.rest())
  }
  const codec = fourCCText(reader.u32())
  switch (packetType) {
    case VideoPacketType.sequenceStart:
      return video(codec, true, 'sequence-header', key, 0, reader.rest())
    case VideoPacketType.codedFrames: {
      const hasOffset = codec === 'avc1' || codec === 'hvc1'
      const composition = hasOffset ? reader.s24() : 0
      return video(codec, true, 'frame', key, composition, reader.rest())
    }
    case VideoPacketType.codedFramesX:
      return video(codec, true, 'frame', key, 0, reader.rest())
    case VideoPacketType.sequenceEnd:
      return video(codec, true, 'end', key, 0, reader.rest())
    case VideoPacketType.metadata:
      return video(codec, true, 'metadata', false, 0, reader.rest())
    default:
      return video(codec, true, 'other', key, 0, reader.rest())
  }
}

function video(
  codec: string,
  enhanced: boolean,
  packet: PacketKind,
  key: boolean,
  compositionMs: number,
  data: Uint8Array,
): VideoTag {
  return { codec, enhanced, packet, key, compositionMs, data }
}

/** Body of an audio message or tag. Throws `LP_WIRE_SHORT`, `LP_FLV_PACKET`. */
export function parseAudioTag(body: Uint8Array): AudioTag {
  const reader = new ByteReader(body)
  const first = reader.u8()
  const format = first >> 4
  if (format === LegacySoundFormat.extended) return parseEnhancedAudio(reader, first & 15)
  const sampleRate = LEGACY_RATES[((first >> 2) & 3) as 0 | 1 | 2 | 3]
  const channels = (first & 1) + 1
  const legacy = { enhanced: false, sampleRate, channels }
  if (format === LegacySoundFormat.aac) {
    const packetType = reader.u8()
    if (packetType > 1) throw new WireError('LP_FLV_PACKET', `AAC packet type ${packetType}`)
    const packet = packetType === 0 ? 'sequence-header' : 'frame'
    return { codec: 'mp4a', packet, ...legacy, data: reader.rest() }
  }
  const mp3at8k = format === LegacySoundFormat.mp3at8k
  if (format === LegacySoundFormat.mp3 || mp3at8k) {
    const rate = mp3at8k ? 8000 : sampleRate
    return { codec: 'mp3', packet: 'frame', ...legacy, sampleRate: rate, data: reader.rest() }
  }
  return { codec: `flv-${format}`, packet: 'frame', ...legacy, data: reader.rest() }
}

function parseEnhancedAudio(reader: ByteReader, type: number): AudioTag {
  let packetType = type
  while (packetType === AudioPacketType.modEx) packetType = skipModifier(reader)
  const base = { enhanced: true, sampleRate: 0, channels: 0 }
  if (packetType === AudioPacketType.multitrack) {
    return { codec: 'none', packet: 'multitrack', ...base, data: reader.rest() }
  }
  const code = fourCCText(reader.u32())
  const codec = code === '.mp3' ? 'mp3' : code
  const packet: PacketKind =
    packetType === AudioPacketType.sequenceStart
      ? 'sequence-header'
      : packetType === AudioPacketType.codedFrames
        ? 'frame'
        : packetType === AudioPacketType.sequenceEnd
          ? 'end'
          : 'other'
  return { codec, packet, ...base, data: reader.rest() }
}

/** ModEx: data of 1–256 bytes (or up to 65,536), then the packet type that it modifies. */
function skipModifier(reader: ByteReader): number {
  let size = reader.u8() + 1
  if (size === 256) size = reader.u16() + 1
  reader.skip(size)
  return reader.u8() & 15
}
