// ISO 14496-3 1.6.2.1: AudioSpecificConfig.
import { WireError } from '../errors.ts'
import { BitReader } from './bit-reader.ts'

export interface AacConfig {
  /** 2 is AAC LC. With SBR or PS signalled explicitly: 5 or 29. */
  readonly objectType: number
  /** Hz, of the output (twice the core's under SBR). */
  readonly sampleRate: number
  /** 0 when the bitstream itself says (a program config element). */
  readonly channels: number
  /** Samples of one frame at the core's rate: 1024 or 960. */
  readonly frameSamples: number
  /** Hz, of the core decoder. */
  readonly coreSampleRate: number
  /** RFC 6381, for example `mp4a.40.2`. */
  readonly codecString: string
}

const SAMPLE_RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
] as const
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8] as const

/** Throws `LP_WIRE_SHORT`, `LP_AAC_CONFIG`. */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacConfig {
  const bits = new BitReader(bytes)
  const objectType = readObjectType(bits)
  const coreSampleRate = readSampleRate(bits)
  const channelConfig = bits.u(4)
  const channels = CHANNELS[channelConfig]
  if (objectType === 0 || channels === undefined) {
    throw new WireError(
      'LP_AAC_CONFIG',
      `audio object type ${objectType}, channel configuration ${channelConfig}`,
    )
  }
  let sampleRate = coreSampleRate
  let coreType = objectType
  if (objectType === 5 || objectType === 29) {
    sampleRate = readSampleRate(bits)
    coreType = readObjectType(bits)
  }
  const short = (coreType === 2 || coreType === 1) && bits.remaining > 0 && bits.flag()
  return {
    objectType,
    sampleRate,
    channels: objectType === 29 && channels === 1 ? 2 : channels,
    frameSamples: short ? 960 : 1024,
    coreSampleRate,
    codecString: `mp4a.40.${objectType}`,
  }
}

function readObjectType(bits: BitReader): number {
  const type = bits.u(5)
  return type === 31 ? 32 + bits.u(6) : type
}

function readSampleRate(bits: BitReader): number {
  const index = bits.u(4)
  const rate = index === 15 ? bits.u(24) : SAMPLE_RATES[index]
  if (rate === undefined || rate === 0) {
    throw new WireError('LP_AAC_CONFIG', `sampling frequency index ${index}`)
  }
  return rate
}

/** AAC LC. Throws `TypeError` for a channel count that has no configuration. */
export function buildAudioSpecificConfig(sampleRate: number, channels: number): Buffer {
  const channelConfig = CHANNELS.indexOf(channels as (typeof CHANNELS)[number])
  if (channelConfig < 1) throw new TypeError(`${channels} channels`)
  const index = SAMPLE_RATES.indexOf(sampleRate as (typeof SAMPLE_RATES)[number])
  if (index >= 0) {
    return Buffer.from([(2 << 3) | (index >> 1), ((index & 1) << 7) | (channelConfig << 3)])
  }
  const bits =
    (2n << 35n) | (15n << 31n) | (BigInt(sampleRate) << 7n) | (BigInt(channelConfig) << 3n)
  const out = Buffer.alloc(5)
  out.writeUIntBE(Number(bits), 0, 5)
  return out
}
