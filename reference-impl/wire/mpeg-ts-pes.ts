// ISO 13818-1 2.4.3.6–2.4.3.7: packetised elementary stream.
import { WireError } from '../errors.ts'
import { ByteWriter } from './bytes.ts'

export interface PesHeader {
  readonly streamId: number
  /** Bytes of the whole PES packet; null when it does not say (video only). */
  readonly bytes: number | null
  /** 90 kHz ticks, 33 bits; null where there is none */
  readonly pts: number | null
  readonly dts: number | null
  /** Where the elementary stream begins. */
  readonly offset: number
}

/** Throws `LP_TS_PES`. */
export function parsePesHeader(bytes: Uint8Array): PesHeader {
  const byte = (i: number) => bytes[i] ?? 0
  if (bytes.length < 9 || byte(0) !== 0 || byte(1) !== 0 || byte(2) !== 1) {
    throw new WireError('LP_TS_PES', 'no start code of a PES packet')
  }
  const length = (byte(4) << 8) | byte(5)
  if ((byte(6) & 0xc0) !== 0x80) throw new WireError('LP_TS_PES', 'a PES header of another form')
  const which = byte(7) >> 6
  const offset = 9 + byte(8)
  const need = which === 3 ? 10 : which === 2 ? 5 : 0
  if (offset > bytes.length || byte(8) < need)
    throw new WireError('LP_TS_PES', 'a PES header cut off')
  const pts = which >= 2 ? readTime(bytes, 9) : null
  return {
    streamId: byte(3),
    bytes: length === 0 ? null : length + 6,
    pts,
    dts: which === 3 ? readTime(bytes, 14) : pts,
    offset,
  }
}

function readTime(bytes: Uint8Array, at: number): number {
  const byte = (i: number) => bytes[at + i] ?? 0
  return (
    ((byte(0) >> 1) & 7) * 2 ** 30 +
    ((byte(1) << 22) | ((byte(2) >> 1) << 15) | (byte(3) << 7) | (byte(4) >> 1))
  )
}

export interface PesFields {
  /** 0xE0 video, 0xC0 audio */
  readonly streamId: number
  /** 90 kHz ticks; only their low 33 bits go on the wire */
  readonly pts: number
  readonly dts: number
  /** Leave the length at 0, as most muxers do for video. */
  readonly unbounded: boolean
  /** False leaves the times out, which is allowed for 700 ms (2.7.4). */
  readonly timed?: boolean
}

export function buildPes(fields: PesFields, data: Uint8Array): Buffer {
  const { streamId, pts, dts, unbounded, timed = true } = fields
  const both = timed && dts !== pts
  const headerBytes = both ? 10 : timed ? 5 : 0
  const length = 3 + headerBytes + data.length
  const writer = new ByteWriter(19 + data.length)
    .u24(1)
    .u8(streamId)
    .u16(unbounded || length > 0xffff ? 0 : length)
    .u8(0x84) // data_alignment_indicator
    .u8(both ? 0xc0 : timed ? 0x80 : 0)
    .u8(headerBytes)
  if (timed) writeTime(writer, both ? 3 : 2, pts)
  if (both) writeTime(writer, 1, dts)
  return writer.bytes(data).finish()
}

function writeTime(writer: ByteWriter, prefix: number, ticks: number): void {
  const high = Math.floor(ticks / 2 ** 30) & 7
  const low = ((ticks % 2 ** 30) + 2 ** 30) % 2 ** 30
  writer
    .u8((prefix << 4) | (high << 1) | 1)
    .u16((((low >> 15) & 0x7fff) << 1) | 1)
    .u16(((low & 0x7fff) << 1) | 1)
}
