/** Bytes that came together, or one datagram. */
export interface Timed {
  /** ms since the first */
  readonly at: number
  readonly bytes: Uint8Array
}

const HEAD_BYTES = 6
const MAX_PIECE_BYTES = 0xffff
const US_PER_MS = 1_000
/** Of one file: an hour of a busy connection. */
const MAX_PIECES = 500_000

/** Time in µs (4 bytes), length (2 bytes), bytes: the form of `fixtures/captures`, big-endian. */
export function writeTimed(pieces: readonly Timed[]): Buffer {
  return Buffer.concat(
    pieces.flatMap(({ at, bytes }) => {
      const parts: Uint8Array[] = []
      for (let from = 0; from < bytes.length; from += MAX_PIECE_BYTES) {
        const part = bytes.subarray(from, from + MAX_PIECE_BYTES)
        const head = Buffer.alloc(HEAD_BYTES)
        head.writeUInt32BE(Math.round(at * US_PER_MS) >>> 0, 0)
        head.writeUInt16BE(part.length, 4)
        parts.push(head, part)
      }
      return parts
    }),
  )
}

/** Reads as much as is whole, and of that so many pieces; what follows is left out. */
export function readTimed(file: Uint8Array, maxPieces = MAX_PIECES): Timed[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const pieces: Timed[] = []
  for (let at = 0; at + HEAD_BYTES <= bytes.length && pieces.length < maxPieces; ) {
    const end = at + HEAD_BYTES + bytes.readUInt16BE(at + 4)
    if (end > bytes.length) break
    const time = bytes.readUInt32BE(at) / US_PER_MS
    pieces.push({ at: time, bytes: bytes.subarray(at + HEAD_BYTES, end) })
    at = end
  }
  return pieces
}
