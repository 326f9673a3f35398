import { expect, test } from 'vitest'
import { nowMs } from '../measure/clock.ts'
import { Alarm, LEAD_MS } from './alarm.ts'

/** When it rang, ms after `at`. */
function ringAfter(alarm: Alarm, at: number, who: object = {}): Promise<number> {
  return new Promise((resolve) => alarm.set(who, at, () => resolve(nowMs() - at)))
}

test('it never rings earlier than its lead, for everyone, in order', async () => {
  const alarm = new Alarm()
  const rang: string[] = []
  const from = nowMs()
  const after = await Promise.all(
    [60, 20, 40].map(async (ms) => {
      const late = await ringAfter(alarm, from + ms)
      rang.push(`${ms}`)
      return late
    }),
  )
  expect(rang).toEqual(['20', '40', '60'])
  expect(Math.min(...after)).toBeGreaterThanOrEqual(-LEAD_MS)
})

test('who asks again or cancels does not hear the first time', async () => {
  const alarm = new Alarm()
  const [one, two] = [{}, {}]
  let wrong = 0
  const from = nowMs()
  alarm.set(one, from + 10, () => wrong++)
  alarm.set(two, from + 15, () => wrong++)
  alarm.cancel(two)
  expect(await ringAfter(alarm, from + 50, one)).toBeGreaterThanOrEqual(-LEAD_MS)
  expect(wrong).toBe(0)
})
