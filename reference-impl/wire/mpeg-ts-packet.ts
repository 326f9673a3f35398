// ISO 13818-1 2.4.3.2–2.4.3.5: one transport packet and its adaptation field.
import { WireError } from '../errors.ts'
import { TS_PACKET_BYTES, TS_SYNC_BYTE } from './mpeg-ts.ts'

export interface TsPacket {
  readonly pid: number
  readonly transportError: boolean
  /** payload_unit_start_indicator */
  readonly start: boolean
  readonly scrambled: boolean
  readonly continuity: number
  readonly discontinuity: boolean
  readonly randomAccess: boolean
  /** 27 MHz ticks; null where the packet has none. */
  readonly pcr: number | null
  /** A view; null where the packet has none. */
  readonly payload: Uint8Array | null
}

/** Reads the 188 bytes at `offset`. Throws `LP_TS_PACKET`. */
export function parseTsPacket(bytes: Uint8Array, offset = 0): TsPacket {
  const end = offset + TS_PACKET_BYTES
  if (end > bytes.length) throw new WireError('LP_TS_PACKET', 'a packet that is cut off')
  if (bytes[offset] !== TS_SYNC_BYTE) throw new WireError('LP_TS_PACKET', 'no sync byte')
  const second = bytes[offset + 1] ?? 0
  const fourth = bytes[offset + 3] ?? 0
  let at = offset + 4
  let discontinuity = false
  let randomAccess = false
  let pcr: number | null = null
  if (fourth & 0x20) {
    const length = bytes[at] ?? 0
    const next = at + 1 + length
    if (next > end) throw new WireError('LP_TS_PACKET', `adaptation field of ${length} bytes`)
    if (length > 0) {
      const flags = bytes[at + 1] ?? 0
      discontinuity = (flags & 0x80) !== 0
      randomAccess = (flags & 0x40) !== 0
      if (flags & 0x10) {
        if (length < 7) throw new WireError('LP_TS_PACKET', 'a PCR that does not fit')
        pcr = readPcr(bytes, at + 2)
      }
    }
    at = next
  }
  return {
    pid: ((second & 0x1f) << 8) | (bytes[offset + 2] ?? 0),
    transportError: (second & 0x80) !== 0,
    start: (second & 0x40) !== 0,
    scrambled: (fourth & 0xc0) !== 0,
    continuity: fourth & 15,
    discontinuity,
    randomAccess,
    pcr,
    payload: fourth & 0x10 ? bytes.subarray(at, end) : null,
  }
}

function readPcr(bytes: Uint8Array, at: number): number {
  const byte = (i: number) => bytes[at + i] ?? 0
  const base =
    byte(0) * 2 ** 25 + (byte(1) << 17) + (byte(2) << 9) + (byte(3) << 1) + (byte(4) >> 7)
  return base * 300 + ((byte(4) & 1) << 8) + byte(5)
}

export interface TsPacketFields {
  readonly pid: number
  readonly start: boolean
  readonly continuity: number
  readonly randomAccess?: boolean
  /** 27 MHz ticks */
  readonly pcr?: number | undefined
  /** Fills what the payload leaves: `stuff` puts an adaptation field before it, `pad` 0xFF after. */
  readonly fill?: 'stuff' | 'pad'
}

/** Writes one packet and returns how many bytes of `payload`, from `from` on, it took. */
export function writeTsPacket(
  out: Uint8Array,
  offset: number,
  fields: TsPacketFields,
  payload: Uint8Array,
  from: number,
): number {
  const { pid, start, continuity, pcr, randomAccess = false, fill = 'stuff' } = fields
  let adaptation = pcr === undefined && !randomAccess ? 0 : pcr === undefined ? 2 : 8
  const room = TS_PACKET_BYTES - 4
  const left = payload.length - from
  const taken = Math.min(room - adaptation, left)
  if (fill === 'stuff') adaptation = room - taken
  out[offset] = TS_SYNC_BYTE
  out[offset + 1] = (start ? 0x40 : 0) | (pid >> 8)
  out[offset + 2] = pid & 0xff
  out[offset + 3] = (adaptation > 0 ? 0x20 : 0) | (taken > 0 ? 0x10 : 0) | (continuity & 15)
  let at = offset + 4
  if (adaptation > 0) {
    out.fill(0xff, at, at + adaptation)
    out[at] = adaptation - 1
    if (adaptation > 1) out[at + 1] = (randomAccess ? 0x40 : 0) | (pcr === undefined ? 0 : 0x10)
    if (pcr !== undefined) writePcr(out, at + 2, pcr)
    at += adaptation
  }
  out.set(payload.subarray(from, from + taken), at)
  out.fill(0xff, at + taken, offset + TS_PACKET_BYTES)
  return taken
}

function writePcr(out: Uint8Array, at: number, pcr: number): void {
  const base = Math.floor(pcr / 300)
  const extension = pcr % 300
  out[at] = Math.floor(base / 2 ** 25) & 0xff
  out[at + 1] = Math.floor(base / 2 ** 17) & 0xff
  out[at + 2] = Math.floor(base / 2 ** 9) & 0xff
  out[at + 3] = Math.floor(base / 2) & 0xff
  out[at + 4] = ((base & 1) << 7) | 0x7e | (extension >> 8)
  out[at + 5] = extension & 0xff
}
