// FLV files: Video File Format Specification 10.1, annex E.2–E.4.1.
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

export interface FlvTag {
  /** 8 audio, 9 video, 18 script data */
  readonly type: number
  /** ms, 32 bits */
  readonly timestamp: number
  readonly data: Uint8Array
}

const HEADER_BYTES = 9
const TAG_HEADER_BYTES = 11

/** All tags of a file, their data as views of `bytes`. Throws `LP_FLV_FILE`, `LP_WIRE_SHORT`. */
export function readFlvFile(bytes: Uint8Array): FlvTag[] {
  const reader = new ByteReader(bytes)
  if (reader.text(3) !== 'FLV') throw new WireError('LP_FLV_FILE', 'not an FLV file')
  reader.skip(2)
  const offset = reader.u32()
  if (offset < HEADER_BYTES) throw new WireError('LP_FLV_FILE', `FLV header of ${offset} bytes`)
  reader.skip(offset - HEADER_BYTES + 4) // and the size of the tag before the first: 0
  const tags: FlvTag[] = []
  while (reader.remaining > 0) {
    const type = reader.u8() & 0x1f
    const size = reader.u24()
    const low = reader.u24()
    const timestamp = ((reader.u8() << 24) | low) >>> 0
    reader.skip(3) // stream id, always 0
    tags.push({ type, timestamp, data: reader.take(size) })
    reader.skip(4)
  }
  return tags
}

/** Throws `TypeError` for a tag of more than 16,777,215 bytes. */
export function writeFlvFile(tags: readonly FlvTag[]): Buffer {
  const has = (type: number) => tags.some((tag) => tag.type === type)
  const size = tags.reduce((sum, tag) => sum + TAG_HEADER_BYTES + tag.data.length + 4, 13)
  const writer = new ByteWriter(size)
    .bytes(Buffer.from('FLV'))
    .u8(1)
    .u8((has(8) ? 4 : 0) | (has(9) ? 1 : 0))
    .u32(HEADER_BYTES)
    .u32(0)
  for (const tag of tags) {
    if (tag.data.length > 0xffffff) throw new TypeError(`FLV tag of ${tag.data.length} bytes`)
    writer
      .u8(tag.type)
      .u24(tag.data.length)
      .u24(tag.timestamp & 0xffffff)
      .u8(tag.timestamp >>> 24)
      .u24(0)
      .bytes(tag.data)
      .u32(TAG_HEADER_BYTES + tag.data.length)
  }
  return writer.finish()
}
