// H.265 (ITU-T) and ISO 14496-15: as much as it takes to say what a stream is.
import { WireError } from '../errors.ts'
import { BitReader } from './bit-reader.ts'
import { ByteReader } from './bytes.ts'
import { MAX_HEVC_SIDE } from './limits.ts'
import { unescapeNal } from './nal.ts'

export const HevcNalType = {
  idrWithRadl: 19,
  idrNoLeading: 20,
  cra: 21,
  vps: 32,
  sps: 33,
  prefixSei: 39,
  suffixSei: 40,
} as const

export function hevcNalType(unit: Uint8Array): number {
  return ((unit[0] ?? 0) >> 1) & 0x3f
}

/** Pictures that decoding can begin at: types 16–23. */
export function isHevcKey(unit: Uint8Array): boolean {
  const type = hevcNalType(unit)
  return type >= 16 && type <= 23
}

export interface HevcConfig {
  readonly profile: number
  readonly level: number
  readonly lengthSize: number
  readonly sps: readonly Uint8Array[]
  /** RFC 6381 with ISO 14496-15 annex E.3, for example `hvc1.1.6.L93.B0`. */
  readonly codecString: string
}

/** Body of hvcC. Throws `LP_WIRE_SHORT`, `LP_HVCC`. */
export function parseHvcC(bytes: Uint8Array): HevcConfig {
  const reader = new ByteReader(bytes)
  const version = reader.u8()
  if (version > 1) throw new WireError('LP_HVCC', `hvcC of version ${version}`)
  const general = reader.u8()
  const compatibility = reader.u32()
  const constraints = reader.take(6)
  const level = reader.u8()
  reader.skip(8)
  const lengthSize = (reader.u8() & 3) + 1
  const sps: Uint8Array[] = []
  const arrays = reader.u8()
  for (let i = 0; i < arrays; i++) {
    const type = reader.u8() & 0x3f
    const count = reader.u16()
    for (let n = 0; n < count; n++) {
      const unit = reader.take(reader.u16())
      if (type === HevcNalType.sps) sps.push(unit)
    }
  }
  const space = ['', 'A', 'B', 'C'][general >> 6] ?? ''
  const tier = (general & 0x20) === 0 ? 'L' : 'H'
  const flags = trimmed(constraints).map((byte) => byte.toString(16).toUpperCase())
  const profile = general & 31
  const codecString = [
    'hvc1',
    `${space}${profile}`,
    reverseBits(compatibility).toString(16).toUpperCase(),
    `${tier}${level}`,
    ...flags,
  ].join('.')
  return { profile, level, lengthSize, sps, codecString }
}

function trimmed(bytes: Uint8Array): number[] {
  const values = [...bytes]
  while (values.at(-1) === 0) values.pop()
  return values
}

function reverseBits(value: number): number {
  let reversed = 0
  for (let i = 0; i < 32; i++) reversed = ((reversed << 1) | ((value >>> i) & 1)) >>> 0
  return reversed
}

/** Picture size of an SPS (H.265 7.3.2.2.1), after the conformance window; `unit` with its header. */
export function parseHevcSpsSize(unit: Uint8Array): { width: number; height: number } {
  if (hevcNalType(unit) !== HevcNalType.sps) throw new WireError('LP_HEVC_SPS', 'not an SPS')
  const bits = new BitReader(unescapeNal(unit).subarray(2))
  bits.skip(4)
  const subLayers = bits.u(3)
  bits.skip(1)
  skipProfileTierLevel(bits, subLayers)
  bits.ue() // sps_seq_parameter_set_id
  const chroma = bits.ue()
  const separate = chroma === 3 && bits.flag()
  let width = bits.ue()
  let height = bits.ue()
  if (bits.flag()) {
    const unitX = !separate && (chroma === 1 || chroma === 2) ? 2 : 1
    const unitY = !separate && chroma === 1 ? 2 : 1
    width -= (bits.ue() + bits.ue()) * unitX
    height -= (bits.ue() + bits.ue()) * unitY
  }
  if (width < 1 || height < 1 || width > MAX_HEVC_SIDE || height > MAX_HEVC_SIDE) {
    throw new WireError('LP_HEVC_SPS', `an SPS with a picture of ${width}x${height}`)
  }
  return { width, height }
}

function skipProfileTierLevel(bits: BitReader, subLayers: number): void {
  bits.skip(88 + 8)
  const present: { profile: boolean; level: boolean }[] = []
  for (let i = 0; i < subLayers; i++) present.push({ profile: bits.flag(), level: bits.flag() })
  if (subLayers > 0) bits.skip(2 * (8 - subLayers))
  for (const layer of present) bits.skip((layer.profile ? 88 : 0) + (layer.level ? 8 : 0))
}
