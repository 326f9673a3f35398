import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Encoder, EncoderEnd } from '../encoders/encoder.ts'
import { nowMs } from '../measure/clock.ts'
import { EncoderWatch } from './encoder-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function fakeEncoder() {
  const closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
  const stats = { bytesSent: 0, framesDropped: 0 }
  const reconnected: (() => void)[] = []
  const encoder = {
    stats,
    closed: closed.promise,
    onReconnect: (listener: () => void) => reconnected.push(listener),
  } as unknown as Encoder
  return { encoder, profile: 'obs-29', stats, closed, reconnected }
}

test('what was sent, left out and taken up again is told in the time of the scenario', async () => {
  const fake = fakeEncoder()
  const encoders: (typeof fake)[] = []
  const watch = new EncoderWatch(nowMs(), () => encoders)
  vi.advanceTimersByTime(1_000)
  encoders.push(fake)
  for (let look = 0; look < 12; look++) {
    vi.advanceTimersByTime(250)
    fake.stats.bytesSent += 31_250
    if (look === 5 || look === 6) fake.stats.framesDropped += 4
  }
  for (const listener of fake.reconnected) listener()
  fake.closed.resolve({ reason: 'stopped', message: 'stopped' })
  await fake.closed.promise
  const { series, marks } = watch.finish()

  expect(series).toHaveLength(1)
  const [{ kind, of, points }] = series as [(typeof series)[0]]
  expect([kind, of]).toEqual(['sent', 'encoder 1, obs-29'])
  expect(points.slice(0, 10).map(([at, kbps]) => [Math.round(at), Math.round(kbps)])).toEqual(
    Array.from({ length: 10 }, (_, i) => [1_500 + i * 250, 1_000]),
  )
  expect(marks.map(({ kind, label, of }) => [kind, label, of])).toEqual([
    ['reconnect', 'publishes again', 'encoder 1, obs-29'],
    ['end', 'stopped', 'encoder 1, obs-29'],
    ['drop', 'left out 8 frames', 'encoder 1, obs-29'],
  ])
  expect(marks[2]).toMatchObject({ at: expect.closeTo(2_500, 0), until: expect.closeTo(3_000, 0) })
})

test('without an encoder there is nothing to tell, and nothing goes on after the end', () => {
  const watch = new EncoderWatch(nowMs(), () => [])
  vi.advanceTimersByTime(5_000)
  expect(watch.finish()).toEqual({ series: [], marks: [] })
  expect(vi.getTimerCount()).toBe(0)
})
