import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { type ChunkLimits, DEFAULT_CHUNK_LIMITS } from './limits.ts'
import { type ReceivedMessage, RtmpChunkReader } from './rtmp-chunk-reader.ts'
import { RtmpChunkWriter } from './rtmp-chunk-writer.ts'
import { abortMessage, type RtmpMessage, setChunkSizeMessage } from './rtmp-messages.ts'

function read(
  pieces: readonly Uint8Array[],
  limits: ChunkLimits = DEFAULT_CHUNK_LIMITS,
): ReceivedMessage[] {
  const reader = new RtmpChunkReader(limits)
  const messages: ReceivedMessage[] = []
  for (const piece of pieces) reader.push(piece, (message) => messages.push(message))
  return messages
}

/** Cuts bytes at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  )
  return [0, ...sorted].map((from, i) => bytes.subarray(from, sorted[i] ?? bytes.length))
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  return 'none'
}

const csid = fc.oneof(
  fc.integer({ min: 2, max: 63 }),
  fc.integer({ min: 64, max: 319 }),
  fc.integer({ min: 320, max: 65_599 }),
)
const timestamp = fc.oneof(
  fc.nat(5000),
  fc.integer({ min: 0xfffff0, max: 0x1000010 }),
  fc.integer({ min: 0xfffffff0, max: 0xffffffff }),
)
const item = fc.record({
  csid,
  message: fc.record({
    type: fc.constantFrom(8, 9, 18, 20),
    streamId: fc.constantFrom(0, 1, 0x01020304),
    timestamp,
    payload: fc.uint8Array({ maxLength: 700 }),
  }),
})

interface Item {
  csid: number
  message: RtmpMessage
}

function write(items: readonly Item[], chunkSize: number, extendedOnType3 = true): Buffer {
  const writer = new RtmpChunkWriter({ extendedOnType3 })
  const parts = [writer.write(setChunkSizeMessage(chunkSize), 2)]
  writer.chunkSize = chunkSize
  for (const { message, csid } of items) parts.push(writer.write(message, csid))
  return Buffer.concat(parts)
}

function plain(message: RtmpMessage & { csid: number }) {
  return {
    csid: message.csid,
    type: message.type,
    streamId: message.streamId,
    timestamp: message.timestamp,
    payload: Buffer.from(message.payload).toString('hex'),
  }
}

describe('RTMP chunks', () => {
  it('survive a round trip at any chunk size, cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 12 }),
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(65_536), fc.constant(0x7fffffff)),
        fc.array(fc.nat(), { maxLength: 20 }),
        (items, chunkSize, places) => {
          const messages = read(cut(write(items, chunkSize), places))
          expect(messages.slice(1).map(plain)).toEqual(
            items.map(({ csid, message }) => plain({ csid, ...message })),
          )
        },
      ),
    )
  })

  it('give the same messages byte by byte', () => {
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        (items, n) => {
          const bytes = write(items, n)
          const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte))
          expect(read(bytewise).map(plain)).toEqual(read([bytes]).map(plain))
        },
      ),
    )
  })

  it('throw nothing but WireError for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        codeOf(() => read([bytes]))
      }),
      { numRuns: 500 },
    )
  })

  it('throw nothing but WireError for good bytes with some changed', () => {
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
        (items, changes) => {
          const bytes = write(items, 128)
          for (const [where, byte] of changes) bytes[where % bytes.length] = byte
          codeOf(() => read([bytes]))
        },
      ),
    )
  })

  it('read interleaved messages of several chunk streams', () => {
    const a = new RtmpChunkWriter().write(
      { type: 9, streamId: 1, timestamp: 5, payload: Buffer.alloc(200, 1) },
      6,
    )
    const b = new RtmpChunkWriter().write(
      { type: 8, streamId: 1, timestamp: 6, payload: Buffer.alloc(10, 2) },
      4,
    )
    const split = 12 + 128
    const messages = read([a.subarray(0, split), b, a.subarray(split)])
    expect(messages.map((m) => [m.type, m.timestamp, m.payload.length])).toEqual([
      [8, 6, 10],
      [9, 5, 200],
    ])
  })

  it('read peers that leave the extended timestamp out of type 3 chunks', () => {
    const payload = Buffer.alloc(500, 7)
    const messages: Item[] = [0, 1, 2].map((i) => ({
      csid: 6,
      message: { type: 9, streamId: 1, timestamp: 0x2000000 + i, payload },
    }))
    const got = read([write(messages, 128, false)])
    expect(got.slice(1).map((m) => [m.timestamp, m.payload.equals(payload)])).toEqual(
      messages.map((m) => [m.message.timestamp, true]),
    )
  })

  it('add the last delta for a type 3 chunk that begins a message (§5.3.1.2.4)', () => {
    const writer = new RtmpChunkWriter()
    const payload = Buffer.from([1])
    const bytes = [1000, 2000, 2020, 2040].map((timestamp) =>
      writer.write({ type: 8, streamId: 1, timestamp, payload }, 4),
    )
    expect(bytes.map((part) => (part[0] ?? 0) >> 6)).toEqual([0, 3, 2, 3])
    expect(read(bytes).map((m) => m.timestamp)).toEqual([1000, 2000, 2020, 2040])
  })

  it('drop the unfinished message that Abort names, and only that', () => {
    const writer = new RtmpChunkWriter()
    const long = { type: 9, streamId: 1, timestamp: 0, payload: Buffer.alloc(300, 1) }
    const begun = writer.write(long, 6).subarray(0, 12 + 128)
    const abort = writer.write(abortMessage(6), 2)
    const again = new RtmpChunkWriter().write({ ...long, timestamp: 9 }, 6)
    const messages = read([begun, abort, again])
    expect(messages.map((m) => [m.type, m.timestamp, m.payload.length])).toEqual([
      [2, 0, 4],
      [9, 9, 300],
    ])
  })

  it('refuse chunk sizes outside 1–0x7FFFFFFF', () => {
    const codeFor = (size: number) =>
      codeOf(() => read([new RtmpChunkWriter().write(setChunkSizeMessage(size), 2)]))
    expect(codeFor(0)).toBe('LP_RTMP_CHUNK_SIZE')
    expect(codeFor(0x80000000)).toBe('LP_RTMP_CHUNK_SIZE')
    expect(codeFor(1)).toBe('none')
    expect(codeFor(0x7fffffff)).toBe('none')
  })

  it('refuse a chunk stream that begins with a type 2 or 3, and a header inside a message', () => {
    expect(codeOf(() => read([Buffer.from([0xc4])]))).toBe('LP_RTMP_CHUNK')
    expect(codeOf(() => read([Buffer.from([0x84, 0, 0, 0])]))).toBe('LP_RTMP_CHUNK')
    const writer = new RtmpChunkWriter()
    const long = { type: 9, streamId: 1, timestamp: 0, payload: Buffer.alloc(300, 1) }
    const begun = writer.write(long, 6).subarray(0, 12 + 128)
    expect(codeOf(() => read([begun, new RtmpChunkWriter().write(long, 6)]))).toBe('LP_RTMP_CHUNK')
  })

  it('refuse what is past a limit before they hold it', () => {
    const limits: ChunkLimits = { maxMessageBytes: 1000, maxChunkStreams: 3, maxBufferedBytes: 300 }
    const message = { type: 9, streamId: 1, timestamp: 0, payload: Buffer.alloc(1001) }
    const header = new RtmpChunkWriter().write(message, 4).subarray(0, 12)
    expect(codeOf(() => read([header], limits))).toBe('LP_RTMP_MESSAGE_SIZE')
    const begin = (id: number) =>
      new RtmpChunkWriter()
        .write({ ...message, payload: Buffer.alloc(200) }, id)
        .subarray(0, 12 + 128)
    expect(codeOf(() => read([4, 5, 6].map(begin), limits))).toBe('LP_RTMP_BUFFERED')
    const whole = (id: number) =>
      new RtmpChunkWriter().write({ ...message, payload: Buffer.alloc(1) }, id)
    expect(codeOf(() => read([4, 5, 6].map(whole), limits))).toBe('none')
    expect(codeOf(() => read([4, 5, 6, 7].map(whole), limits))).toBe('LP_RTMP_CHUNK_STREAMS')
  })

  it('hold little for messages that only claim to be big', () => {
    const reader = new RtmpChunkReader()
    const before = process.memoryUsage().arrayBuffers
    for (let id = 2; id < 100; id++) {
      const message = { type: 9, streamId: 1, timestamp: 0, payload: Buffer.alloc(200) }
      const begun = new RtmpChunkWriter().write(message, id).subarray(0, (id < 64 ? 12 : 13) + 1)
      begun.writeUIntBE(8 * 1024 * 1024, id < 64 ? 4 : 5, 3)
      reader.push(begun, () => undefined)
      reader.push(Buffer.alloc(127), () => undefined)
    }
    expect(reader.bufferedBytes).toBe(98 * 128)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  })
})
