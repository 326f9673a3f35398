import { WireError } from '../errors.ts'
import { type ChunkLimits, DEFAULT_CHUNK_LIMITS } from './limits.ts'
import {
  type ChunkFormat,
  DEFAULT_CHUNK_SIZE,
  EXTENDED_TIMESTAMP,
  MAX_CHUNK_SIZE,
} from './rtmp-chunk-writer.ts'
import { parseU32, type RtmpMessage, RtmpType } from './rtmp-messages.ts'

export interface ReceivedMessage extends RtmpMessage {
  readonly payload: Buffer
  readonly csid: number
  /** Form of the message's first header. */
  readonly format: ChunkFormat
}

/** How a chunk header's extended timestamp is read; a seam for faults. */
export type ExtendedTimestampReader = (value: number, format: ChunkFormat) => number

interface ChunkStream {
  streamId: number
  type: number
  length: number
  timestamp: number
  field: number
  extended: boolean
  /** Form of the header that began the message being read. */
  format: ChunkFormat
  /** Bytes of the message so far; a message is being read while not null. */
  buffer: Buffer | null
  received: number
}

/** A message buffer begins no larger than this and doubles as bytes really arrive. */
const FIRST_ALLOCATION = 32 * 1024
/** 3 bytes basic header, 11 message header, 4 extended timestamp. */
const MAX_HEADER = 18
const NONE = Buffer.alloc(0)

/**
 * Puts chunks together to messages (RTMP 1.0 §5.3). Set Chunk Size and Abort take effect here,
 * and are delivered too. Bytes may be cut anywhere. Throws `WireError`; after that it is unusable.
 */
export class RtmpChunkReader {
  readonly #limits: ChunkLimits
  readonly #extendedTimestamp: ExtendedTimestampReader
  readonly #streams = new Map<number, ChunkStream>()
  #chunkSize = DEFAULT_CHUNK_SIZE
  #header = NONE
  #current: ChunkStream | null = null
  #currentCsid = 0
  #chunkRemaining = 0
  #buffered = 0
  /** False once the peer was seen to leave extended timestamps out of type 3 chunks. */
  #extendedOnType3 = true

  constructor(
    limits: ChunkLimits = DEFAULT_CHUNK_LIMITS,
    extendedTimestamp: ExtendedTimestampReader = (value) => value,
  ) {
    this.#limits = limits
    this.#extendedTimestamp = extendedTimestamp
  }

  /** The peer's chunk size, bytes. */
  get chunkSize(): number {
    return this.#chunkSize
  }

  /** Bytes held for unfinished messages. */
  get bufferedBytes(): number {
    return this.#buffered
  }

  push(input: Uint8Array, deliver: (message: ReceivedMessage) => void): void {
    let bytes = input
    if (this.#header.length > 0) {
      bytes = Buffer.concat([this.#header, input])
      this.#header = NONE
    }
    let at = 0
    while (at < bytes.length) {
      if (this.#current === null) {
        const size = this.#readHeader(bytes, at)
        if (size === 0) {
          if (bytes.length - at > MAX_HEADER)
            throw new Error('chunk header longer than its maximum')
          this.#header = Buffer.from(bytes.subarray(at))
          return
        }
        at += size
        this.#finishIfWhole(deliver)
      } else {
        const size = Math.min(this.#chunkRemaining, bytes.length - at)
        this.#append(this.#current, bytes, at, size)
        at += size
        this.#chunkRemaining -= size
        if (this.#chunkRemaining === 0) this.#finishIfWhole(deliver)
      }
    }
  }

  /** Bytes of the header at `at`, or 0 when it is not all there yet; state changes only when it is. */
  #readHeader(bytes: Uint8Array, at: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const end = bytes.length
    let pos = at
    const first = view.getUint8(pos++)
    const format = (first >> 6) as ChunkFormat
    let csid = first & 63
    if (csid === 0) {
      if (pos + 1 > end) return 0
      csid = 64 + view.getUint8(pos++)
    } else if (csid === 1) {
      if (pos + 2 > end) return 0
      csid = 64 + view.getUint16(pos, true)
      pos += 2
    }
    const known = this.#streams.get(csid)
    this.#checkForm(format, csid, known)

    const messageHeader = format === 0 ? 11 : format === 1 ? 7 : format === 2 ? 3 : 0
    if (pos + messageHeader > end) return 0
    let field = known?.field ?? 0
    let extended = known?.extended ?? false
    let length = known?.length ?? 0
    let type = known?.type ?? 0
    let streamId = known?.streamId ?? 0
    if (format !== 3) {
      field = (view.getUint16(pos) << 8) | view.getUint8(pos + 2)
      extended = field === EXTENDED_TIMESTAMP
      if (format !== 2) {
        length = (view.getUint16(pos + 3) << 8) | view.getUint8(pos + 5)
        type = view.getUint8(pos + 6)
        if (format === 0) streamId = view.getUint32(pos + 7, true)
      }
      pos += messageHeader
      if (extended) {
        if (pos + 4 > end) return 0
        field = this.#extendedTimestamp(view.getUint32(pos), format)
        pos += 4
      }
    } else if (extended && this.#extendedOnType3) {
      const repeated = repeats(view, pos, end, field)
      if (repeated === undefined) return 0
      if (repeated) pos += 4
      else this.#extendedOnType3 = false
    }

    if (length > this.#limits.maxMessageBytes) {
      throw new WireError(
        'LP_RTMP_MESSAGE_SIZE',
        `message of ${length} bytes, limit ${this.#limits.maxMessageBytes}`,
      )
    }
    const stream = known ?? this.#open(csid)
    if (stream.buffer === null) {
      stream.timestamp = format === 0 ? field : (stream.timestamp + field) >>> 0
      stream.field = field
      stream.extended = extended
      stream.length = length
      stream.type = type
      stream.streamId = streamId
      stream.format = format
      stream.received = 0
      stream.buffer = NONE
    }
    this.#current = stream
    this.#currentCsid = csid
    this.#chunkRemaining = Math.min(this.#chunkSize, stream.length - stream.received)
    return pos - at
  }

  #checkForm(format: ChunkFormat, csid: number, known: ChunkStream | undefined): void {
    if (known === undefined) {
      // librtmp opens a chunk stream with type 1 now and then; nothing sensible with 2 or 3.
      if (format > 1) {
        throw new WireError('LP_RTMP_CHUNK', `chunk stream ${csid} begins with a type ${format}`)
      }
      if (this.#streams.size >= this.#limits.maxChunkStreams) {
        throw new WireError(
          'LP_RTMP_CHUNK_STREAMS',
          `more than ${this.#limits.maxChunkStreams} chunk streams`,
        )
      }
    } else if (known.buffer !== null && format !== 3) {
      throw new WireError(
        'LP_RTMP_CHUNK',
        `type ${format} chunk inside an unfinished message of chunk stream ${csid}`,
      )
    }
  }

  #open(csid: number): ChunkStream {
    const stream: ChunkStream = {
      streamId: 0,
      type: 0,
      length: 0,
      timestamp: 0,
      field: 0,
      extended: false,
      format: 0,
      buffer: null,
      received: 0,
    }
    this.#streams.set(csid, stream)
    return stream
  }

  #append(stream: ChunkStream, bytes: Uint8Array, at: number, size: number): void {
    this.#buffered += size
    if (this.#buffered > this.#limits.maxBufferedBytes) {
      throw new WireError(
        'LP_RTMP_BUFFERED',
        `more than ${this.#limits.maxBufferedBytes} bytes in unfinished messages`,
      )
    }
    const needed = stream.received + size
    let buffer = stream.buffer ?? NONE
    if (buffer.length < needed) {
      const capacity = Math.min(
        stream.length,
        Math.max(needed, buffer.length * 2, FIRST_ALLOCATION),
      )
      const grown = Buffer.allocUnsafe(capacity)
      grown.set(buffer.subarray(0, stream.received))
      buffer = grown
      stream.buffer = buffer
    }
    buffer.set(bytes.subarray(at, at + size), stream.received)
    stream.received = needed
  }

  #finishIfWhole(deliver: (message: ReceivedMessage) => void): void {
    const stream = this.#current
    if (stream === null || this.#chunkRemaining > 0) return
    this.#current = null
    if (stream.received < stream.length) return
    const payload = stream.buffer ?? NONE
    stream.buffer = null
    this.#buffered -= stream.received
    if (stream.type === RtmpType.setChunkSize) this.#setChunkSize(parseU32(payload))
    else if (stream.type === RtmpType.abort) this.#abort(parseU32(payload))
    deliver({
      csid: this.#currentCsid,
      format: stream.format,
      type: stream.type,
      streamId: stream.streamId,
      timestamp: stream.timestamp,
      payload,
    })
  }

  #setChunkSize(size: number): void {
    if (size < 1 || size > MAX_CHUNK_SIZE) {
      throw new WireError('LP_RTMP_CHUNK_SIZE', `chunk size ${size}, legal are 1–${MAX_CHUNK_SIZE}`)
    }
    this.#chunkSize = size
  }

  #abort(csid: number): void {
    const stream = this.#streams.get(csid)
    if (stream?.buffer == null) return
    this.#buffered -= stream.received
    stream.buffer = null
    stream.received = 0
  }
}

/** Whether the next four bytes repeat `field`; undefined when too few are there to tell. */
function repeats(view: DataView, at: number, end: number, field: number): boolean | undefined {
  for (let i = 0; i < 4; i++) {
    if (at + i >= end) return undefined
    if (view.getUint8(at + i) !== ((field >>> (24 - 8 * i)) & 0xff)) return false
  }
  return true
}
