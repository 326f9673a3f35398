import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filesOfShard, parseShard } from './shard.ts'

const scenarios = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ suite: `s${i % 3}`, name: `n${i}`, path: `/${i}` }))

test('every file is in exactly one shard, and no shard has two more than another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (n, wanted) => {
      const count = Math.min(n, wanted)
      const all = scenarios(n)
      const shards = Array.from({ length: count }, (_, i) =>
        filesOfShard(all, { index: i + 1, count }),
      )
      const sizes = shards.map(({ files }) => files.length)
      const files = shards.flatMap((part) => part.files)
      expect([files.length, new Set(files)]).toEqual([n, new Set(all)])
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      expect(new Set(shards.map(({ shard }) => shard.of)).size).toBe(1)
    }),
  )
})

test('a shard of another choice of files is told apart', () => {
  const of = (n: number) => filesOfShard(scenarios(n), { index: 1, count: 2 }).shard.of
  expect(of(4)).not.toBe(of(5))
})

test('a shard with nothing to run is wrong usage', () => {
  expect(() => filesOfShard(scenarios(2), { index: 3, count: 3 })).toThrow(/would run nothing/)
})

test.each(['', '0/2', '3/2', '1/0', '1', 'a/b', '1/2/3', '-1/2', '1/9999', '1.5/2'])(
  '%j is no shard',
  (text) => {
    expect(() => parseShard(text)).toThrow(expect.objectContaining({ code: 'LP_SHARD' }))
  },
)

test('2/4 is the second of four', () => {
  expect(parseShard('2/4')).toEqual({ index: 2, count: 4 })
})
