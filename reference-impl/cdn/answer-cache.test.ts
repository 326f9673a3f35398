import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerCache, type KeptAnswer } from './answer-cache.ts'

const answer = (bytes: number): KeptAnswer => ({
  status: 200,
  headers: {},
  body: Buffer.alloc(bytes),
})

test('an answer is kept for its life, and no millisecond longer', () => {
  const cache = new AnswerCache()
  const kept = answer(10)
  cache.set('/a', kept, 1000, 500)
  expect(cache.get('/a', 1499)).toBe(kept)
  expect(cache.get('/a', 1500)).toBeUndefined()
  expect(cache.bytes).toBe(0)
})

test('what must not be kept takes the place of what was', () => {
  const cache = new AnswerCache()
  cache.set('/a', answer(10), 0, 500)
  cache.set('/a', answer(20), 0, 0)
  expect(cache.get('/a', 1)).toBeUndefined()
})

test('the least recently used answer goes first', () => {
  const cache = new AnswerCache(4_000)
  for (const key of ['/a', '/b', '/c']) cache.set(key, answer(500), 0, 500)
  expect(cache.get('/a', 1)).toBeDefined()
  cache.set('/d', answer(500), 1, 500)
  expect(['/a', '/b', '/c', '/d'].filter((key) => cache.get(key, 2))).toEqual(['/a', '/c', '/d'])
})

test('it never holds more than its limit, and gives back what was put in', () => {
  const step = fc.record({
    key: fc.constantFrom('/a', '/b', '/c', '/d', '/e'),
    bytes: fc.nat(6_000),
    life: fc.integer({ min: -10, max: 100 }),
    pause: fc.nat(50),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new AnswerCache(8_000)
      const model = new Map<string, { answer: KeptAnswer; until: number }>()
      let now = 0
      for (const { key, bytes, life, pause } of steps) {
        now += pause
        const put = answer(bytes)
        cache.set(key, put, now, life)
        model.set(key, { answer: put, until: now + life })
        expect(cache.bytes).toBeLessThanOrEqual(8_000)
        for (const [known, { answer: last, until }] of model) {
          const got = cache.get(known, now)
          if (got !== undefined) expect([got === last, now < until]).toEqual([true, true])
        }
      }
    }),
  )
})
