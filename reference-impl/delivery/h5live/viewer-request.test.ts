import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRequest } from './viewer-request.ts'

it('reads the one thing that a viewer may ask for, and nothing else', () => {
  const text = '{"type":"switch","data":{"stream":"AAAAA-BBBBB"}}'
  expect(readRequest(text)).toEqual({ type: 'switch', data: { stream: 'AAAAA-BBBBB' } })
  for (const other of [
    '',
    'null',
    '[]',
    '{"type":"switch"}',
    '{"type":"switch","data":{"stream":1}}',
  ])
    expect(readRequest(other)).toBeUndefined()
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
      expect(() => readRequest(any)).not.toThrow()
    }),
  )
})
