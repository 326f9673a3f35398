import type { RtmpMessage } from './rtmp-messages.ts'

/** Chunk header forms (RTMP 1.0 §5.3.1.2): 0 full, 1 no stream id, 2 delta only, 3 nothing. */
export type ChunkFormat = 0 | 1 | 2 | 3

export const EXTENDED_TIMESTAMP = 0xffffff
export const DEFAULT_CHUNK_SIZE = 128
export const MAX_CHUNK_SIZE = 0x7fffffff

export interface ChunkWriterOptions {
  /** bytes, 1–0x7FFFFFFF */
  readonly chunkSize?: number
  /** Repeat the extended timestamp on type 3 chunks, as §5.3.1.3 says; some peers leave it out. */
  readonly extendedOnType3?: boolean
}

interface Previous {
  streamId: number
  timestamp: number
  /** What the timestamp field of the last type 0, 1 or 2 header said. */
  field: number
  length: number
  type: number
}

/** Cuts messages into chunks, header compression included. One per connection and direction. */
export class RtmpChunkWriter {
  chunkSize: number
  readonly #extendedOnType3: boolean
  readonly #previous = new Map<number, Previous>()

  constructor(options: ChunkWriterOptions = {}) {
    this.chunkSize = options.chunkSize ?? DEFAULT_CHUNK_SIZE
    this.#extendedOnType3 = options.extendedOnType3 ?? true
  }

  /**
   * The bytes of one message on chunk stream `csid` (2–65,599), in one buffer.
   * `format` is the shortest that is right unless given; a given one that would lose something
   * (a stream id, a length, a delta) throws `TypeError`.
   */
  write(message: RtmpMessage, csid: number, format?: ChunkFormat): Buffer {
    if (csid < 2 || csid > 65_599) throw new TypeError(`chunk stream id ${csid}`)
    const previous = this.#previous.get(csid)
    const shortest = shortestFormat(message, previous)
    const form = format ?? shortest
    if (form > shortest) {
      throw new TypeError(`format ${form} cannot carry this message, ${shortest} can`)
    }
    const timestamp = message.timestamp >>> 0
    const length = message.payload.length
    const field =
      form === 0
        ? timestamp
        : form === 3
          ? (previous?.field ?? 0)
          : (timestamp - (previous?.timestamp ?? 0)) >>> 0
    const extended = field >= EXTENDED_TIMESTAMP
    const basic = csid < 64 ? 1 : csid < 320 ? 2 : 3
    const header = (form === 0 ? 11 : form === 1 ? 7 : form === 2 ? 3 : 0) + basic
    const firstExtra = extended && (form !== 3 || this.#extendedOnType3) ? 4 : 0
    const laterExtra = extended && this.#extendedOnType3 ? 4 : 0
    const continuations = length === 0 ? 0 : Math.ceil(length / this.chunkSize) - 1
    const out = Buffer.allocUnsafe(
      header + firstExtra + length + continuations * (basic + laterExtra),
    )

    let at = writeBasicHeader(out, 0, form, csid)
    if (form !== 3) {
      at = out.writeUIntBE(extended ? EXTENDED_TIMESTAMP : field, at, 3)
      if (form !== 2) {
        at = out.writeUIntBE(length, at, 3)
        at = out.writeUInt8(message.type, at)
        if (form === 0) at = out.writeUInt32LE(message.streamId, at)
      }
    }
    if (firstExtra > 0) at = out.writeUInt32BE(field, at)

    let sent = Math.min(length, this.chunkSize)
    out.set(message.payload.subarray(0, sent), at)
    at += sent
    while (sent < length) {
      at = writeBasicHeader(out, at, 3, csid)
      if (laterExtra > 0) at = out.writeUInt32BE(field, at)
      const size = Math.min(length - sent, this.chunkSize)
      out.set(message.payload.subarray(sent, sent + size), at)
      at += size
      sent += size
    }
    this.#previous.set(csid, {
      streamId: message.streamId,
      timestamp,
      field,
      length,
      type: message.type,
    })
    return out
  }
}

function shortestFormat(message: RtmpMessage, previous: Previous | undefined): ChunkFormat {
  if (previous === undefined || previous.streamId !== message.streamId) return 0
  const delta = (message.timestamp - previous.timestamp) >>> 0
  if (delta >= 0x80000000) return 0 // back in time
  if (previous.length !== message.payload.length || previous.type !== message.type) return 1
  return delta === previous.field ? 3 : 2
}

function writeBasicHeader(out: Buffer, at: number, format: number, csid: number): number {
  if (csid < 64) return out.writeUInt8((format << 6) | csid, at)
  if (csid < 320) {
    const next = out.writeUInt8(format << 6, at)
    return out.writeUInt8(csid - 64, next)
  }
  const next = out.writeUInt8((format << 6) | 1, at)
  return out.writeUInt16LE(csid - 64, next)
}
