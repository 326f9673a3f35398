/** Bytes of C0, C1 and C2 (RTMP 1.0 §5.2). */
export const HANDSHAKE_BYTES = 1 + 2 * 1536

/** Where one chunk lies in a client's bytes. */
export interface ChunkSpan {
  readonly at: number
  /** Where its header ends and its data begin. */
  readonly data: number
  readonly end: number
  /** Message type of its chunk stream. */
  readonly type: number
}

const SET_CHUNK_SIZE = 1

/**
 * Finds the chunks of a healthy client's stream, so that whole chunks and header fields can be
 * changed. Stops quietly where it no longer understands.
 */
export function mapChunks(bytes: Buffer): ChunkSpan[] {
  const spans: ChunkSpan[] = []
  const streams = new Map<
    number,
    { length: number; left: number; type: number; extended: boolean }
  >()
  let chunkSize = 128
  let at = HANDSHAKE_BYTES
  while (at + 12 < bytes.length) {
    const first = bytes[at] ?? 0
    const format = first >> 6
    const basic = (first & 63) === 0 ? 2 : (first & 63) === 1 ? 3 : 1
    const csid = basic === 1 ? first & 63 : basic === 2 ? 64 + (bytes[at + 1] ?? 0) : -1
    const field = at + basic
    const stream = streams.get(csid) ?? { length: 0, left: 0, type: 0, extended: false }
    if (format < 3) stream.extended = bytes.readUIntBE(field, 3) === 0xffffff
    if (format < 2) {
      stream.length = bytes.readUIntBE(field + 3, 3)
      stream.type = bytes[field + 6] ?? 0
    }
    if (stream.left === 0) stream.left = stream.length
    const data = field + ([11, 7, 3, 0][format] ?? 0) + (stream.extended ? 4 : 0)
    const size = Math.min(chunkSize, stream.left)
    if (size === 0 || data + size > bytes.length) break
    stream.left -= size
    streams.set(csid, stream)
    if (stream.type === SET_CHUNK_SIZE && size === 4) chunkSize = bytes.readUInt32BE(data)
    spans.push({ at, data, end: data + size, type: stream.type })
    at = data + size
  }
  return spans
}
