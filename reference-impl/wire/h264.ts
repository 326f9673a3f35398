// H.264 (ITU-T): NAL unit types; ISO 14496-15: AVCDecoderConfigurationRecord.
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

export const H264NalType = {
  slice: 1,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  accessUnitDelimiter: 9,
} as const

export function h264NalType(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f
}

export interface AvcConfig {
  readonly profile: number
  /** The byte of constraint flags. */
  readonly constraints: number
  readonly level: number
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthSize: number
  readonly sps: readonly Uint8Array[]
  readonly pps: readonly Uint8Array[]
}

/** Body of avcC. Throws `LP_WIRE_SHORT`, `LP_AVCC`. */
export function parseAvcC(bytes: Uint8Array): AvcConfig {
  const reader = new ByteReader(bytes)
  const version = reader.u8()
  if (version !== 1) throw new WireError('LP_AVCC', `avcC of version ${version}`)
  const profile = reader.u8()
  const constraints = reader.u8()
  const level = reader.u8()
  const lengthSize = (reader.u8() & 3) + 1
  if (lengthSize === 3) throw new WireError('LP_AVCC', 'avcC with NAL lengths of 3 bytes')
  const sps = parameterSets(reader, reader.u8() & 31)
  const pps = parameterSets(reader, reader.u8())
  return { profile, constraints, level, lengthSize, sps, pps }
}

function parameterSets(reader: ByteReader, count: number): Uint8Array[] {
  const sets: Uint8Array[] = []
  for (let i = 0; i < count; i++) sets.push(reader.take(reader.u16()))
  return sets
}

/** Body of avcC with 4-byte NAL lengths. Throws `LP_AVCC` without an SPS of 4 bytes at least. */
export function buildAvcC(sps: readonly Uint8Array[], pps: readonly Uint8Array[]): Buffer {
  const first = sps[0]
  if (first === undefined || first.length < 4) throw new WireError('LP_AVCC', 'no SPS for avcC')
  const writer = new ByteWriter()
    .u8(1)
    .bytes(first.subarray(1, 4))
    .u8(0xfc | 3)
    .u8(0xe0 | sps.length)
  for (const set of sps) writer.u16(set.length).bytes(set)
  writer.u8(pps.length)
  for (const set of pps) writer.u16(set.length).bytes(set)
  return writer.finish()
}

/** RFC 6381, for example `avc1.42c01f`. */
export function avcCodecString(config: {
  readonly profile: number
  readonly constraints: number
  readonly level: number
}): string {
  return `avc1.${Buffer.from([config.profile, config.constraints, config.level]).toString('hex')}`
}
