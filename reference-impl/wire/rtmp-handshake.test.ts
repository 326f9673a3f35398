import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { ClientHandshake, type HandshakeStep, ServerHandshake } from './rtmp-handshake.ts'

/** Pushes bytes in pieces of `size`; everything sent back is put together. */
function feed(
  side: { push(bytes: Uint8Array): HandshakeStep },
  bytes: Uint8Array,
  size = bytes.length,
): { sent: Buffer; done: boolean; rest: Buffer } {
  const sent: Buffer[] = []
  const rest: Uint8Array[] = []
  let done = false
  for (let at = 0; at < bytes.length; at += size) {
    if (done) {
      rest.push(bytes.subarray(at, at + size))
      continue
    }
    const step = side.push(bytes.subarray(at, at + size))
    sent.push(...step.send)
    done = step.done
    rest.push(step.rest)
  }
  return { sent: Buffer.concat(sent), done, rest: Buffer.concat(rest) }
}

describe('RTMP handshake', () => {
  it.each([undefined, 0, 1] as const)(
    'agrees with itself, digest scheme %s, cut anywhere',
    (digest) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 3100 }), (size) => {
          const client = new ClientHandshake(digest === undefined ? {} : { digest })
          const server = new ServerHandshake()
          const first = feed(server, client.start(), size)
          expect(first.sent.length).toBe(1 + 2 * 1536)
          const second = feed(client, Buffer.concat([first.sent, Buffer.from('after')]), size)
          expect(second.done).toBe(true)
          expect(second.rest.toString()).toBe('after')
          expect(client.s2Echoes).toBe(digest === undefined)
          expect(client.s2AnswersDigest).toBe(digest !== undefined)
          const third = feed(server, Buffer.concat([second.sent, Buffer.from('next')]), size)
          expect(third.done).toBe(true)
          expect(third.rest.toString()).toBe('next')
          expect(server.facts).toEqual({
            version: 3,
            c1Zero: digest === undefined,
            digest: digest ?? null,
            c2EchoesS1: digest === undefined,
            c2AnswersDigest: digest !== undefined,
          })
        }),
        { numRuns: 30 },
      )
    },
  )

  it('answers a client with a version but no digest by an echo', () => {
    const c0c1 = Buffer.alloc(1537, 9)
    c0c1[0] = 3
    const server = new ServerHandshake()
    const { sent } = feed(server, c0c1)
    expect(sent.subarray(1 + 1536).equals(c0c1.subarray(1))).toBe(true)
    expect(server.facts).toMatchObject({ c1Zero: false, digest: null })
  })

  it('accepts a C2 with a read time in it, and notices garbage', () => {
    for (const [at, good] of [
      [5, true],
      [900, false],
    ] as const) {
      const client = new ClientHandshake()
      const server = new ServerHandshake()
      const c2 = feed(client, feed(server, client.start()).sent).sent
      c2[at] = (c2[at] ?? 0) ^ 255
      expect(feed(server, c2).done).toBe(true)
      expect(server.facts?.c2EchoesS1).toBe(good)
    }
  })

  it('refuses another version at its first byte', () => {
    expect(() => new ServerHandshake().push(Uint8Array.of(6))).toThrow(WireError)
    expect(() => new ServerHandshake().push(Buffer.from('GET / HTTP/1.1'))).toThrow(/version 71/)
  })

  it('waits for more after nothing at all', () => {
    expect(new ServerHandshake().push(new Uint8Array(0)).done).toBe(false)
  })
})
