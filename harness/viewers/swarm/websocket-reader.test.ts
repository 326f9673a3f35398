import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPCODE, WebSocketReader } from './websocket-reader.ts'

/** Everything that a reader tells, media in one piece. */
class Heard {
  readonly media: Buffer[] = []
  readonly control: [number, string][] = []
  readonly broken: string[] = []
  readonly reader = new WebSocketReader({
    media: (chunk, from, to) => this.media.push(Buffer.from(chunk.subarray(from, to))),
    control: (opcode, payload) => this.control.push([opcode, payload.toString('hex')]),
    broken: (reason) => this.broken.push(reason),
  })

  get all() {
    return { media: Buffer.concat(this.media), control: this.control, broken: this.broken }
  }
}

function frame(opcode: number, payload: Uint8Array, fin = true): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | opcode
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

const payload = (max: number) =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes))
const whole = fc.oneof(
  payload(300).map((bytes) => frame(OPCODE.binary, bytes)),
  fc.integer({ min: 65_530, max: 65_545 }).map((n) => frame(OPCODE.binary, Buffer.alloc(n, 7))),
  payload(300).map((bytes) => frame(OPCODE.text, bytes)),
  payload(125).map((bytes) => frame(OPCODE.ping, bytes)),
  fc
    .tuple(payload(50), payload(20), payload(50))
    .map(([first, ping, rest]) =>
      Buffer.concat([
        frame(OPCODE.binary, first, false),
        frame(OPCODE.ping, ping),
        frame(OPCODE.continuation, rest),
      ]),
    ),
)

describe('the reader of WebSocket frames', () => {
  it('hears the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(whole, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames)
          const once = new Heard()
          once.reader.push(bytes, 0, bytes.length)
          const inPieces = new Heard()
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const to = Math.min(bytes.length, at + cuts[i % cuts.length]!)
            // As of a socket: one buffer that is written over again and again.
            const shared = Buffer.concat([Buffer.alloc(3, 0xee), bytes.subarray(at, to)])
            inPieces.reader.push(shared, 3, shared.length)
            shared.fill(0xee)
            at = to
          }
          expect(inPieces.all).toEqual(once.all)
          expect(once.broken).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  it('survives any bytes, and says at most once that they are broken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const heard = new Heard()
        const buffer = Buffer.from(bytes)
        heard.reader.push(buffer, 0, buffer.length)
        expect(heard.broken.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it.each([
    ['a masked frame', '8280'],
    ['reserved bits', 'c200'],
    ['a frame of 2^63 bytes', '827f8000000000000000'],
    ['a control frame that is cut', '0900'],
    ['a ping that is too long', '897e007e'],
    ['a continuation of nothing', '8000'],
    ['an unknown opcode', '8300'],
    ['a message inside of another', '02008200'],
  ])('takes no more after %s', (_, hex) => {
    const heard = new Heard()
    const bytes = Buffer.from(hex, 'hex')
    heard.reader.push(bytes, 0, bytes.length)
    expect(heard.broken).toHaveLength(1)
    const good = frame(OPCODE.binary, Buffer.from('more'))
    heard.reader.push(good, 0, good.length)
    expect(heard.all.media).toHaveLength(0)
  })
})
