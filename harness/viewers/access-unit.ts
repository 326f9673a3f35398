import { u32 } from './boxes.ts'
import type { InitTrack } from './init-reader.ts'
import { MAX_NAL_UNITS } from './limits.ts'

/** What an access unit holds, by the types of its NAL units. */
export interface AccessUnitFacts {
  /** It holds an IDR picture (H.264 type 5; H.265 types 19 and 20). */
  readonly idr: boolean
  /** Its NAL unit lengths fill it exactly. */
  readonly wellFormed: boolean
}

/** Reads length-prefixed NAL units (ISO/IEC 14496-15 §5.2.3). Never throws. */
export function readAccessUnit(data: Uint8Array, track: InitTrack): AccessUnitFacts {
  const hevc = track.sampleEntry === 'hvc1' || track.sampleEntry === 'hev1'
  const lengthSize = ((track.config[hevc ? 21 : 4] ?? 3) & 3) + 1
  let idr = false
  let at = 0
  for (let count = 0; at + lengthSize < data.length && count < MAX_NAL_UNITS; count++) {
    const size = lengthAt(data, at, lengthSize)
    const header = data[at + lengthSize]!
    const type = hevc ? (header >> 1) & 0x3f : header & 0x1f
    if (hevc ? type === 19 || type === 20 : type === 5) idr = true
    at += lengthSize + size
  }
  return { idr, wellFormed: data.length > 0 && at === data.length }
}

function lengthAt(data: Uint8Array, at: number, size: number): number {
  if (size === 4) return u32(data, at)
  let length = 0
  for (let i = 0; i < size; i++) length = (length << 8) | data[at + i]!
  return length
}
