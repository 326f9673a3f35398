/** RTMP chunks by hand (RTMP 1.0 §5.3), every form on request, legal or not. */

export const MESSAGE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  amf3Data: 15,
  amf3Command: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const

/** Where the 24-bit timestamp field ends and the extended one begins (§5.3.1.3). */
export const EXTENDED = 0xffffff

export interface Message {
  readonly type: number
  /** Message stream id; 0 is the control stream. */
  readonly stream: number
  /** ms: absolute for format 0, a delta for 1 and 2 */
  readonly timestamp: number
  readonly body: Uint8Array
}

export interface ChunkOptions {
  readonly csid: number
  /** Chunk size in force, bytes. */
  readonly chunkSize: number
  /** Format of the first chunk; 0 when absent. */
  readonly format?: 0 | 1 | 2 | 3
  /** Bytes of the basic header; the shortest possible when absent. */
  readonly csidForm?: 1 | 2 | 3
  /** Whether type-3 chunks repeat an extended timestamp. The specification says that they do. */
  readonly repeatExtended?: boolean
  /** The extended timestamp that a format-3 first chunk carries, when one is in force. */
  readonly extended?: number
}

/** Basic header (§5.3.1.1). */
export function basicHeader(format: number, csid: number, form?: 1 | 2 | 3): Buffer {
  const bytes = form ?? (csid < 64 ? 1 : csid < 320 ? 2 : 3)
  if (bytes === 1) return Buffer.from([(format << 6) | csid])
  if (bytes === 2) return Buffer.from([format << 6, csid - 64])
  return Buffer.from([(format << 6) | 1, (csid - 64) & 0xff, (csid - 64) >> 8])
}

/** Message header (§5.3.1.2), extended timestamp included. `length` may lie. */
export function messageHeader(
  format: number,
  message: { timestamp: number; type: number; stream: number },
  length: number,
): Buffer {
  if (format === 3) return Buffer.alloc(0)
  const bytes = Buffer.alloc([11, 7, 3][format] ?? 0)
  bytes.writeUIntBE(Math.min(message.timestamp, EXTENDED), 0, 3)
  if (format < 2) {
    bytes.writeUIntBE(length, 3, 3)
    bytes[6] = message.type
  }
  if (format === 0) bytes.writeUInt32LE(message.stream, 7)
  return message.timestamp < EXTENDED ? bytes : Buffer.concat([bytes, uint32(message.timestamp)])
}

/** The chunks of one message, one buffer each, so that a probe can interleave or drop some. */
export function chunks(message: Message, options: ChunkOptions): Buffer[] {
  const { csid, chunkSize, csidForm, format = 0, repeatExtended = true } = options
  const stamp = format === 3 ? options.extended : message.timestamp
  const extended = stamp !== undefined && stamp >= EXTENDED ? uint32(stamp) : Buffer.alloc(0)
  const result: Buffer[] = []
  for (let at = 0; at === 0 || at < message.body.length; at += chunkSize) {
    const first = at === 0
    result.push(
      Buffer.concat([
        basicHeader(first ? format : 3, csid, csidForm),
        first ? messageHeader(format, message, message.body.length) : Buffer.alloc(0),
        (first && format === 3) || (!first && repeatExtended) ? extended : Buffer.alloc(0),
        message.body.subarray(at, at + chunkSize),
      ]),
    )
  }
  return result
}

/** A complete message as bytes. */
export function chunked(message: Message, options: ChunkOptions): Buffer {
  return Buffer.concat(chunks(message, options))
}

/** A protocol control message (§5.4): chunk stream 2, message stream 0. */
export function control(type: number, body: Uint8Array): Buffer {
  return chunked({ type, stream: 0, timestamp: 0, body }, { csid: 2, chunkSize: 128 })
}

export function setChunkSize(size: number): Buffer {
  return control(MESSAGE.setChunkSize, uint32(size))
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
