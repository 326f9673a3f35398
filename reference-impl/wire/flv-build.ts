import { ByteWriter, fourCC } from './bytes.ts'
import {
  AudioPacketType,
  LegacySoundFormat,
  LegacyVideoCodec,
  VideoFrameType,
  VideoPacketType,
} from './flv.ts'

/** AAC in FLV always says 44.1 kHz, 16 bit, stereo; the decoder configuration has the truth. */
const AAC_HEADER = (LegacySoundFormat.aac << 4) | 0x0f

function frameTypeOf(key: boolean): number {
  return key ? VideoFrameType.key : VideoFrameType.inter
}

/** `avcC` is the body of the AVCDecoderConfigurationRecord. */
export function buildAvcSequenceHeader(avcC: Uint8Array): Buffer {
  return avcTag(true, 0, 0, avcC)
}

/** `data`: one access unit of length-prefixed NAL units. `compositionMs`: pts − dts, signed. */
export function buildAvcFrame(key: boolean, compositionMs: number, data: Uint8Array): Buffer {
  return avcTag(key, 1, compositionMs, data)
}

export function buildAvcEnd(): Buffer {
  return avcTag(true, 2, 0, new Uint8Array(0))
}

function avcTag(key: boolean, packet: number, compositionMs: number, data: Uint8Array): Buffer {
  return new ByteWriter(5 + data.length)
    .u8((frameTypeOf(key) << 4) | LegacyVideoCodec.avc)
    .u8(packet)
    .u24(compositionMs)
    .bytes(data)
    .finish()
}

/** Enhanced RTMP: `config` is the body of avcC, hvcC or av1C. */
export function buildEnhancedSequenceHeader(codec: string, config: Uint8Array): Buffer {
  return enhancedHeader(true, VideoPacketType.sequenceStart, codec, config.length)
    .bytes(config)
    .finish()
}

/** Enhanced RTMP: with an offset where the codec has one, in the short form when it is 0. */
export function buildEnhancedFrame(
  codec: string,
  key: boolean,
  compositionMs: number,
  data: Uint8Array,
): Buffer {
  const reorders = codec === 'avc1' || codec === 'hvc1'
  const short = !reorders || compositionMs === 0
  const type = short && reorders ? VideoPacketType.codedFramesX : VideoPacketType.codedFrames
  const writer = enhancedHeader(key, type, codec, 3 + data.length)
  if (!short) writer.u24(compositionMs)
  return writer.bytes(data).finish()
}

function enhancedHeader(key: boolean, type: number, codec: string, more: number): ByteWriter {
  return new ByteWriter(5 + more).u8(0x80 | (frameTypeOf(key) << 4) | type).u32(fourCC(codec))
}

/** `config`: AudioSpecificConfig. */
export function buildAacSequenceHeader(config: Uint8Array): Buffer {
  return new ByteWriter(2 + config.length).u8(AAC_HEADER).u8(0).bytes(config).finish()
}

/** `data`: one raw AAC frame without ADTS. */
export function buildAacFrame(data: Uint8Array): Buffer {
  return new ByteWriter(2 + data.length).u8(AAC_HEADER).u8(1).bytes(data).finish()
}

/** One MP3 frame at 44.1 kHz, 16 bit, stereo. */
export function buildMp3Frame(data: Uint8Array): Buffer {
  return new ByteWriter(1 + data.length)
    .u8((LegacySoundFormat.mp3 << 4) | 0x0f)
    .bytes(data)
    .finish()
}

/** Enhanced RTMP audio, for example `Opus`. */
export function buildEnhancedAudio(codec: string, header: boolean, data: Uint8Array): Buffer {
  const type = header ? AudioPacketType.sequenceStart : AudioPacketType.codedFrames
  return new ByteWriter(5 + data.length)
    .u8((LegacySoundFormat.extended << 4) | type)
    .u32(fourCC(codec))
    .bytes(data)
    .finish()
}
