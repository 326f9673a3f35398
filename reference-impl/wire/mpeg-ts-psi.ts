// ISO 13818-1 2.4.4: program association and program map tables.
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { MAX_SECTION_BYTES } from './limits.ts'

export interface TsProgram {
  readonly number: number
  readonly pmtPid: number
}

export interface TsStream {
  readonly pid: number
  /** `TsStreamType` and others */
  readonly type: number
}

export interface TsProgramMap {
  readonly version: number
  readonly pcrPid: number
  readonly streams: readonly TsStream[]
}

const PAT_TABLE = 0
const PMT_TABLE = 2

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i << 24
  for (let bit = 0; bit < 8; bit++)
    value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value >>> 0
})

/** Annex A; 0 over a section with its CRC when it is whole. */
export function tsCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0
  return crc
}

/**
 * The section that begins in the payload of a packet with the start indicator: null while it goes
 * on in the next packet. Throws `LP_TS_SECTION`.
 */
export function sectionOf(payload: Uint8Array): Uint8Array | null {
  const from = 1 + (payload[0] ?? 0)
  if (from + 3 > payload.length) throw new WireError('LP_TS_SECTION', 'a section that is cut off')
  const length = (((payload[from + 1] ?? 0) & 0x0f) << 8) | (payload[from + 2] ?? 0)
  if (length > MAX_SECTION_BYTES) throw new WireError('LP_TS_SECTION', `section of ${length} bytes`)
  const end = from + 3 + length
  return end > payload.length ? null : payload.subarray(from, end)
}

/** Checks table, CRC and currency. Null for another table or one that is not current. */
function sectionBody(
  section: Uint8Array,
  table: number,
): { version: number; body: ByteReader } | null {
  if (section[0] !== table) return null
  if (section.length < 12) throw new WireError('LP_TS_SECTION', 'a section that is too short')
  if (tsCrc32(section) !== 0) throw new WireError('LP_TS_CRC', 'a section with a wrong CRC')
  const flags = section[5] ?? 0
  if ((flags & 1) === 0) return null
  return { version: (flags >> 1) & 31, body: new ByteReader(section.subarray(8, -4)) }
}

/** Throws `LP_TS_SECTION`, `LP_TS_CRC`, `LP_WIRE_SHORT`. */
export function parsePat(section: Uint8Array): TsProgram[] | null {
  const found = sectionBody(section, PAT_TABLE)
  if (found === null) return null
  const programs: TsProgram[] = []
  while (found.body.remaining >= 4) {
    const number = found.body.u16()
    const pmtPid = found.body.u16() & 0x1fff
    if (number !== 0) programs.push({ number, pmtPid })
  }
  return programs
}

/** Throws `LP_TS_SECTION`, `LP_TS_CRC`, `LP_WIRE_SHORT`. */
export function parsePmt(section: Uint8Array): TsProgramMap | null {
  const found = sectionBody(section, PMT_TABLE)
  if (found === null) return null
  const { version, body } = found
  const pcrPid = body.u16() & 0x1fff
  body.skip(body.u16() & 0x0fff)
  const streams: TsStream[] = []
  while (body.remaining >= 5) {
    const type = body.u8()
    const pid = body.u16() & 0x1fff
    body.skip(body.u16() & 0x0fff)
    streams.push({ pid, type })
  }
  return { version, pcrPid, streams }
}

export function buildPat(programs: readonly TsProgram[]): Buffer {
  const writer = new ByteWriter()
  for (const { number, pmtPid } of programs) writer.u16(number).u16(0xe000 | pmtPid)
  return section(PAT_TABLE, 1, 0, writer.finish())
}

export function buildPmt(number: number, map: TsProgramMap): Buffer {
  const writer = new ByteWriter().u16(0xe000 | map.pcrPid).u16(0xf000)
  for (const { pid, type } of map.streams)
    writer
      .u8(type)
      .u16(0xe000 | pid)
      .u16(0xf000)
  return section(PMT_TABLE, number, map.version, writer.finish())
}

/** With the pointer field in front: the payload of a packet with the start indicator. */
function section(table: number, id: number, version: number, body: Uint8Array): Buffer {
  const bytes = new ByteWriter()
    .u8(table)
    .u16(0xb000 | (body.length + 9))
    .u16(id)
    .u8(0xc0 | (version << 1) | 1)
    .u16(0)
    .bytes(body)
    .finish()
  return new ByteWriter().u8(0).bytes(bytes).u32(tsCrc32(bytes)).finish()
}
