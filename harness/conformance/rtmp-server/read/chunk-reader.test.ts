import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunks, setChunkSize } from '../craft/chunk.ts'
import { ChunkReader } from './chunk-reader.ts'

const messages = fc.array(
  fc.record({
    type: fc.constantFrom(4, 17, 18, 20),
    stream: fc.nat(5),
    timestamp: fc.oneof(fc.nat(0xfffffe), fc.integer({ min: 0xffffff, max: 0xffffffff })),
    csid: fc.constantFrom(2, 3, 63, 64, 319, 320, 65_599),
    body: fc.uint8Array({ minLength: 1, maxLength: 600 }),
  }),
  { minLength: 1, maxLength: 8 },
)

test('what is written in chunks is read again, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      messages,
      fc.constantFrom(1, 7, 128, 4096),
      fc.integer({ min: 1, max: 300 }),
      (list, chunkSize, cut) => {
        const bytes = Buffer.concat([
          setChunkSize(chunkSize),
          ...list.flatMap(({ csid, ...message }) => chunks(message, { csid, chunkSize })),
        ])
        const reader = new ChunkReader()
        const read = []
        for (let at = 0; at < bytes.length; at += cut)
          read.push(...reader.push(bytes.subarray(at, at + cut)))
        expect(read.slice(1).map(({ body, ...rest }) => ({ ...rest, body: [...body] }))).toEqual(
          list.map(({ body, ...rest }) => ({ ...rest, body: [...body] })),
        )
      },
    ),
  )
})

test('bytes that are no chunks end in a RangeError or in nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      try {
        new ChunkReader().push(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})
