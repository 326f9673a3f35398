// H.264 7.3.2.1.1 and annex E.1.1: sequence parameter set.
import { WireError } from '../errors.ts'
import { BitReader } from './bit-reader.ts'
import { H264NalType, h264NalType } from './h264.ts'
import { MAX_MACROBLOCKS } from './limits.ts'
import { unescapeNal } from './nal.ts'

export interface H264Sps {
  readonly profile: number
  readonly constraints: number
  readonly level: number
  /** Pixels, after cropping. */
  readonly width: number
  readonly height: number
  /** Frames per second from the VUI; null when it does not say. */
  readonly frameRate: number | null
  /** `max_num_reorder_frames` of the VUI; null when it does not say. */
  readonly maxReorderFrames: number | null
  readonly referenceFrames: number
}

const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** `unit` with its NAL header. Throws `LP_H264_SPS`, `LP_WIRE_SHORT`, `LP_WIRE_GOLOMB`. */
export function parseH264Sps(unit: Uint8Array): H264Sps {
  if (h264NalType(unit) !== H264NalType.sps) throw new WireError('LP_H264_SPS', 'not an SPS')
  const bits = new BitReader(unescapeNal(unit).subarray(1))
  const profile = bits.u(8)
  const constraints = bits.u(8)
  const level = bits.u(8)
  bits.ue() // seq_parameter_set_id
  const chroma = HIGH_PROFILES.has(profile) ? chromaFormat(bits) : { format: 1, separate: false }
  bits.ue() // log2_max_frame_num_minus4
  pictureOrderCount(bits)
  const referenceFrames = bits.ue()
  bits.skip(1) // gaps_in_frame_num_value_allowed_flag
  const widthInMacroblocks = bits.ue() + 1
  const heightInMapUnits = bits.ue() + 1
  const framesOnly = bits.flag()
  if (!framesOnly) bits.skip(1) // mb_adaptive_frame_field_flag
  bits.skip(1) // direct_8x8_inference_flag
  const fieldFactor = framesOnly ? 1 : 2
  if (widthInMacroblocks * heightInMapUnits * fieldFactor > MAX_MACROBLOCKS) {
    throw new WireError('LP_H264_SPS', 'an SPS with a picture larger than any level allows')
  }
  let width = widthInMacroblocks * 16
  let height = heightInMapUnits * 16 * fieldFactor
  if (bits.flag()) {
    const array = chroma.separate ? 0 : chroma.format
    const unitX = array === 1 || array === 2 ? 2 : 1
    const unitY = (array === 1 ? 2 : 1) * fieldFactor
    width -= (bits.ue() + bits.ue()) * unitX
    height -= (bits.ue() + bits.ue()) * unitY
    if (width < 1 || height < 1) throw new WireError('LP_H264_SPS', 'an SPS that crops everything')
  }
  const vui = bits.flag() ? parseVui(bits) : { frameRate: null, maxReorderFrames: null }
  return { profile, constraints, level, width, height, referenceFrames, ...vui }
}

function chromaFormat(bits: BitReader): { format: number; separate: boolean } {
  const format = bits.ue()
  const separate = format === 3 && bits.flag()
  bits.ue() // bit_depth_luma_minus8
  bits.ue() // bit_depth_chroma_minus8
  bits.skip(1) // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) {
    const lists = format === 3 ? 12 : 8
    for (let i = 0; i < lists; i++) if (bits.flag()) skipScalingList(bits, i < 6 ? 16 : 64)
  }
  return { format, separate }
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    if (next !== 0) last = next
  }
}

function pictureOrderCount(bits: BitReader): void {
  const type = bits.ue()
  if (type === 0) {
    bits.ue()
  } else if (type === 1) {
    bits.skip(1)
    bits.se()
    bits.se()
    const cycle = bits.ue()
    if (cycle > 255) throw new WireError('LP_H264_SPS', `${cycle} reference frames in a cycle`)
    for (let i = 0; i < cycle; i++) bits.se()
  }
}

type Vui = Pick<H264Sps, 'frameRate' | 'maxReorderFrames'>

function parseVui(bits: BitReader): Vui {
  if (bits.flag() && bits.u(8) === 255) bits.skip(32) // aspect ratio
  if (bits.flag()) bits.skip(1) // overscan
  if (bits.flag()) {
    bits.skip(4) // video format and range
    if (bits.flag()) bits.skip(24) // colours
  }
  if (bits.flag()) {
    bits.ue() // chroma locations
    bits.ue()
  }
  let frameRate: number | null = null
  if (bits.flag()) {
    const unitsInTick = bits.u(32)
    const timeScale = bits.u(32)
    bits.skip(1) // fixed_frame_rate_flag
    if (unitsInTick > 0 && timeScale > 0) frameRate = timeScale / (2 * unitsInTick)
  }
  const nal = bits.flag()
  if (nal) skipHrd(bits)
  const vcl = bits.flag()
  if (vcl) skipHrd(bits)
  if (nal || vcl) bits.skip(1) // low_delay_hrd_flag
  bits.skip(1) // pic_struct_present_flag
  if (!bits.flag()) return { frameRate, maxReorderFrames: null }
  bits.skip(1) // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i++) bits.ue()
  return { frameRate, maxReorderFrames: bits.ue() }
}

function skipHrd(bits: BitReader): void {
  const count = bits.ue() + 1
  if (count > 32) throw new WireError('LP_H264_SPS', `${count} HRD schedules`)
  bits.skip(8)
  for (let i = 0; i < count; i++) {
    bits.ue()
    bits.ue()
    bits.skip(1)
  }
  bits.skip(20)
}
