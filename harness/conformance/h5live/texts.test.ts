import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSkip, readMessage } from './texts.ts'

const event = (text: string) => ({ type: 'text', at: 1, text }) as const

test('a message has its type and its data, or is its own data', () => {
  expect(readMessage(event('{"type":"a","data":{"b":1}}'))).toEqual({
    at: 1,
    type: 'a',
    data: { b: 1 },
  })
  expect(readMessage(event('{"hostname":"h"}'))).toMatchObject({
    type: null,
    data: { hostname: 'h' },
  })
})

test('anything but an object is no message', () => {
  for (const text of ['', 'null', '[]', '3', '{"type":']) {
    expect(readMessage(event(text))).toBeNull()
  }
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(isSkip(readMessage(event(text)))).toBe(false)
    }),
  )
})
