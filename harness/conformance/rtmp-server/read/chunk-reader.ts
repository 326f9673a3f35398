/** A message as a server sent it. */
export interface ReceivedMessage {
  readonly type: number
  readonly stream: number
  readonly csid: number
  /** ms, absolute */
  readonly timestamp: number
  readonly body: Buffer
}

interface ChunkStream {
  timestamp: number
  delta: number
  length: number
  type: number
  stream: number
  extended: boolean
  parts: Buffer[]
  have: number
}

const SET_CHUNK_SIZE = 1
/** No server says anything longer to a publisher. */
const MAX_MESSAGE = 1 << 20
const MAX_CHUNK_STREAMS = 64

/** Reads a server's chunks (RTMP 1.0 §5.3). Sans-I/O: bytes in, complete messages out. */
export class ChunkReader {
  #left: Buffer = Buffer.alloc(0)
  #chunkSize = 128
  readonly #streams = new Map<number, ChunkStream>()

  /** @throws RangeError when the bytes are no chunks, or past what a server has to say */
  push(bytes: Buffer): ReceivedMessage[] {
    this.#left = this.#left.length === 0 ? bytes : Buffer.concat([this.#left, bytes])
    const messages: ReceivedMessage[] = []
    for (let size = this.#next(messages); size > 0; size = this.#next(messages)) {
      this.#left = this.#left.subarray(size)
    }
    return messages
  }

  /** Reads one chunk; answers its size, or 0 when it is not complete. */
  #next(messages: ReceivedMessage[]): number {
    const bytes = this.#left
    const first = bytes[0]
    if (first === undefined) return 0
    const format = first >> 6
    let at = (first & 63) === 0 ? 2 : (first & 63) === 1 ? 3 : 1
    const header = [11, 7, 3, 0][format] ?? 0
    if (bytes.length < at + header) return 0
    const csid =
      at === 1 ? first & 63 : at === 2 ? 64 + (bytes[1] ?? 0) : 64 + bytes.readUInt16LE(1)

    const known = this.#streams.get(csid)
    if (!known && format !== 0)
      throw new RangeError(`chunk stream ${csid} begins with format ${format}`)
    const stream = known ? { ...known } : emptyStream()
    let field = 0
    if (format < 3) {
      field = bytes.readUIntBE(at, 3)
      stream.extended = field === 0xffffff
    }
    if (format < 2) {
      stream.length = bytes.readUIntBE(at + 3, 3)
      stream.type = bytes[at + 6] ?? 0
    }
    if (format === 0) stream.stream = bytes.readUInt32LE(at + 7)
    at += header
    if (stream.extended) {
      if (bytes.length < at + 4) return 0
      field = bytes.readUInt32BE(at)
      at += 4
    }
    if (stream.length > MAX_MESSAGE) throw new RangeError(`message of ${stream.length} bytes`)
    if (stream.have === 0) {
      if (format === 0) stream.timestamp = field
      else {
        if (format < 3) stream.delta = field
        stream.timestamp = (stream.timestamp + stream.delta) >>> 0
      }
    }

    const size = Math.min(this.#chunkSize, stream.length - stream.have)
    if (bytes.length < at + size) return 0
    const parts = [...stream.parts, bytes.subarray(at, at + size)]
    const done = stream.have + size === stream.length
    this.#streams.set(csid, {
      ...stream,
      parts: done ? [] : parts,
      have: done ? 0 : stream.have + size,
    })
    if (this.#streams.size > MAX_CHUNK_STREAMS) throw new RangeError('too many chunk streams')
    if (done) {
      const body = Buffer.concat(parts)
      if (stream.type === SET_CHUNK_SIZE && body.length >= 4) {
        this.#chunkSize = Math.max(1, body.readUInt32BE(0))
      }
      const { type, timestamp } = stream
      messages.push({ type, stream: stream.stream, csid, timestamp, body })
    }
    return at + size
  }
}

function emptyStream(): ChunkStream {
  const zero = { timestamp: 0, delta: 0, length: 0, type: 0, stream: 0, have: 0 }
  return { ...zero, extended: false, parts: [] }
}
