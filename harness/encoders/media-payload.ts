import { type Stamp, writeStamp } from '../measure/stamp.ts'
import type { Unit } from './unit.ts'

/** First byte, packet type and composition time (AVC), or first byte and fourCC (enhanced RTMP). */
const VIDEO_HEADER_BYTES = 5
const EX_HEADER = 0x80
const LENGTH_BYTES = 4
const FILLER = { avc: [0x0c], hevc: [0x4c, 0x01] } as const
const RBSP_TRAILING = 0x80

/** The RTMP message body of a video frame: stamp first, filler data last (H.264 7.3.2.7). */
export function videoPayload(unit: Unit, stamp: Stamp): Uint8Array {
  const codec = (unit.body[0] ?? 0) & EX_HEADER ? 'hevc' : 'avc'
  const parts = [
    unit.body.subarray(0, VIDEO_HEADER_BYTES),
    ...lengthPrefixed(writeStamp(stamp, codec)),
    unit.body.subarray(VIDEO_HEADER_BYTES),
  ]
  if (unit.fillerBytes > 0) {
    const filler = Buffer.alloc(unit.fillerBytes + FILLER[codec].length + 1, 0xff)
    filler.set(FILLER[codec])
    filler[filler.length - 1] = RBSP_TRAILING
    parts.push(...lengthPrefixed(filler))
  }
  return Buffer.concat(parts)
}

function lengthPrefixed(nal: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(nal.length)
  return [length, nal]
}
