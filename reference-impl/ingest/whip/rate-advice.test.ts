import { expect, test } from 'vitest'
import { RateAdvice, type Received } from './rate-advice.ts'

const MOST = 5_000_000

/** A session that receives so much each second. */
function session() {
  const advice = new RateAdvice(MOST)
  const total = { bytes: 0, packets: 0, missing: 0 }
  let now = 0
  advice.next(now, { ...total })
  return (second: Received) => {
    now += 1_000
    total.bytes += second.bytes
    total.packets += second.packets
    total.missing += second.missing
    return advice.next(now, { ...total })
  }
}

test('losses by chance change nothing', () => {
  const second = session()
  for (let i = 0; i < 10; i++)
    expect(second({ bytes: 100_000, packets: 100, missing: 5 })).toBe(MOST)
})

test('over a full path the sender is held below what arrives, and let go again when it is clear', () => {
  const second = session()
  expect(second({ bytes: 100_000, packets: 100, missing: 0 })).toBe(MOST)
  expect(second({ bytes: 20_000, packets: 20, missing: 30 })).toBe(0.85 * 160_000)
  // Whatever comes on top of that, it is not raised while packets are missing.
  expect(second({ bytes: 40_000, packets: 40, missing: 30 })).toBe(0.85 * 160_000)
  expect(second({ bytes: 17_000, packets: 17, missing: 0 })).toBe(Math.round(1.2 * 136_000))
})

test('near the rate at which the path was full it feels its way, and past that it is quick again', () => {
  const second = session()
  second({ bytes: 20_000, packets: 20, missing: 30 })
  const clear = { bytes: 17_000, packets: 17, missing: 0 }
  const advice = Array.from({ length: 60 }, () => second(clear))
  const growth = advice.slice(1).map((rate, i) => rate / advice[i]!)
  const careful = advice.filter((rate) => rate > 0.9 * 160_000 && rate < 1.5 * 160_000)
  expect(careful.length).toBeGreaterThan(10)
  expect(Math.max(...growth)).toBeCloseTo(1.2, 2)
  expect(advice.at(-1)).toBe(MOST)
})

test('it never asks for less than a picture needs', () => {
  const second = session()
  expect(second({ bytes: 0, packets: 0, missing: 50 })).toBe(50_000)
})
