import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HttpReader } from './http-reader.ts'

function listen() {
  const heard: string[] = []
  let body = ''
  const reader = new HttpReader({
    head: (status, headers) => heard.push(`${status} ${headers.get('x') ?? ''}`),
    body: (chunk, from, to) => {
      body += chunk.toString('latin1', from, to)
    },
    end: () => {
      heard.push(`end ${body}`)
      body = ''
    },
    upgraded: (chunk, from, to) => {
      body += chunk.toString('latin1', from, to)
    },
    broken: (reason) => heard.push(`broken ${reason}`),
  })
  return { heard, reader, rest: () => body }
}

const answers = [
  'HTTP/1.1 200 OK\r\nX: a\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 404 Not Found\r\nX: b\r\nTransfer-Encoding: chunked\r\n\r\n3;q=1\r\nabc\r\na\r\n0123456789\r\n0\r\nT: v\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX: c\r\n\r\n',
  'HTTP/1.1 200 OK\r\nX: d\r\nContent-Length: 0\r\n\r\n',
]
const told = ['200 a', 'end hello', '404 b', 'end abc0123456789', '204 c', 'end ', '200 d', 'end ']

describe('the reader of HTTP answers', () => {
  it('hears the same however the bytes are cut', () => {
    const bytes = Buffer.from(answers.join(''), 'latin1')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (cuts) => {
        const { heard, reader } = listen()
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const to = Math.min(bytes.length, at + cuts[i % cuts.length]!)
          reader.push(bytes, at, to)
          at = to
        }
        expect(heard).toEqual(told)
      }),
    )
  })

  it('hands over what follows an upgrade, and a body without a length until the close', () => {
    const upgraded = listen()
    const bytes = Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n\x82\x01x', 'latin1')
    upgraded.reader.push(bytes, 0, bytes.length)
    expect(upgraded.rest()).toBe('\x82\x01x')
    const endless = listen()
    const head = Buffer.from('HTTP/1.0 200 OK\r\n\r\nabc', 'latin1')
    endless.reader.push(head, 0, head.length)
    endless.reader.close()
    expect(endless.heard).toEqual(['200 ', 'end abc'])
  })

  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(4000)}`],
    ['a huge body', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n'],
    ['a huge chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    [
      'a chunk that is too long',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n',
    ],
  ])('gives %s up, and keeps nothing', (_, text) => {
    const { heard, reader } = listen()
    const bytes = Buffer.from(text, 'latin1')
    reader.push(bytes, 0, bytes.length)
    expect(heard.filter((line) => line.startsWith('broken'))).toHaveLength(1)
  })
})
