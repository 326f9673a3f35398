import { expect, test } from 'vitest'
import { type SettingsChange, settingsSchema } from './link-spec.ts'
import { Timeline } from './timeline.ts'

const base = settingsSchema.parse({ delayMs: 20, rateKbps: 1_000 })

/** The first `count` changes, each with its time. */
function changes(timeline: Timeline, count: number): [number, SettingsChange][] {
  return Array.from({ length: count }, () => [timeline.nextAt, timeline.take()])
}

test('a ramp goes in steps of 20 ms along a straight line, and ends where it should', () => {
  const set = { rateKbps: 500, loss: [{ kind: 'bernoulli' as const, p: 0.1 }], mtu: 1_280 }
  const timeline = new Timeline(base, [{ atMs: 100, rampMs: 80, set }], null, 1_000)
  const loss = (p: number) => [{ kind: 'bernoulli', p }]
  expect(changes(timeline, 4)).toEqual([
    [1_120, { rateKbps: 875, loss: loss(0.025) }],
    [1_140, { rateKbps: 750, loss: loss(0.05) }],
    [1_160, { rateKbps: 625, loss: loss(expect.closeTo(0.075, 9)) }],
    [1_180, set],
  ])
  expect(timeline.nextAt).toBe(Number.POSITIVE_INFINITY)
})

test('each round begins with what the timeline started from, and nothing else is touched', () => {
  const steps = [{ atMs: 300, set: { delayMs: 80 } }]
  const timeline = new Timeline(base, steps, 500, 0)
  expect(changes(timeline, 4)).toEqual([
    [0, { delayMs: 20 }],
    [300, { delayMs: 80 }],
    [500, { delayMs: 20 }],
    [800, { delayMs: 80 }],
  ])
})

test.each([
  ['goes back', [500, 400], null],
  ['lies behind the end of its round', [900], 500],
] as const)('a change that %s is refused', (_what, times, loopMs) => {
  const steps = times.map((atMs) => ({ atMs, set: {} }))
  expect(() => new Timeline(base, steps, loopMs, 0)).toThrow(
    expect.objectContaining({ code: 'LP_LINK_SCHEDULE' }),
  )
})
