// AV1 codec ISO media file format binding 2.3: AV1CodecConfigurationRecord.
import { WireError } from '../errors.ts'
import { BitReader } from './bit-reader.ts'

/** RFC 6381, for example `av01.0.04M.08`. Body of av1C; throws `LP_AV1C`, `LP_WIRE_SHORT`. */
export function av1CodecString(bytes: Uint8Array): string {
  const bits = new BitReader(bytes)
  if (bits.u(8) !== 0x81) throw new WireError('LP_AV1C', 'not an av1C of version 1')
  const profile = bits.u(3)
  const level = bits.u(5)
  const tier = bits.flag() ? 'H' : 'M'
  const highBitDepth = bits.flag()
  const twelveBit = bits.flag()
  bits.skip(13)
  const depth = highBitDepth ? (twelveBit ? 12 : 10) : 8
  return `av01.${profile}.${String(level).padStart(2, '0')}${tier}.${String(depth).padStart(2, '0')}`
}
