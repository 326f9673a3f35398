import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FuzzPlace } from './fuzz-input.ts'
import { fuzzInputs } from './fuzz-inputs.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

const place: FuzzPlace = {
  host: '127.0.0.1',
  port: 1,
  names: ['abcde-fghij', 'abcde-klmno'],
  live: 'abcde-pqrst',
  ids: ['1dec3bbc-758b-4879-a202-7ae877d511ba'],
  apiKey: 'key',
  play: 'rtmp://127.0.0.1/play',
  encrypted: { port: 2, passphrase: 'a passphrase' },
}

test('the same seed gives the same bytes, another one others', () => {
  const input = Buffer.from('what an encoder sends, again and again')
  const of = (seed: number, index: number) => mutate(new Random(seed, index), input, { count: 3 })
  const made = new Set<string>()
  for (let index = 0; index < 200; index++) {
    expect(of(7, index).equals(of(7, index))).toBe(true)
    made.add(of(7, index).toString('hex'))
  }
  expect(made.size).toBeGreaterThan(150)
  expect(input.toString()).toBe('what an encoder sends, again and again')
})

test('what comes before `from` is never touched', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 400 }), fc.nat(), (bytes, seed) => {
      const input = Buffer.from(bytes)
      const out = mutate(new Random(seed), input, { count: 5, from: 10 })
      expect(out.subarray(0, 10).equals(input.subarray(0, 10))).toBe(true)
    }),
  )
})

test.each(['rtmp', 'srt', 'whip', 'api', 'h5live', 'hls'] as const)(
  '%s inputs are deterministic and differ',
  (kind) => {
    const { build } = fuzzInputs[kind]
    const made = new Set<string>()
    for (let index = 0; index < 100; index++) {
      const { bytes } = build(1, index, place)
      expect(bytes.equals(build(1, index, place).bytes)).toBe(true)
      made.add(bytes.toString('base64'))
    }
    expect(made.size).toBeGreaterThan(80)
  },
)

test('most RTMP inputs get as far as asking for one of the streams', () => {
  let asking = 0
  for (let index = 0; index < 200; index++) {
    const { bytes } = fuzzInputs.rtmp.build(3, index, place)
    if (place.names.some((name) => bytes.includes(name))) asking++
  }
  expect(asking).toBeGreaterThan(150)
})
