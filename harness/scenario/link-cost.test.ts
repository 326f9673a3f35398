import { expect, test } from 'vitest'
import type { LinkFile } from '../network/link-spec.ts'
import { checkLink, loadLink } from '../network/load-link.ts'
import { type Carrier, linkCost, totalMs } from './link-cost.ts'

function cost(up: LinkFile['up'], carrier: Carrier = 'tcp', down: LinkFile['down'] = {}) {
  const link = checkLink({ schema: 'liveproof/link@1', id: 't', summary: 'T.', up, down })
  return linkCost(link, 'up', carrier)
}

test('a link that does nothing costs nothing, but for the latency that SRT agrees on', () => {
  expect(totalMs(cost({}))).toBe(0)
  expect(totalMs(cost({}, 'whip'))).toBe(0)
  expect(totalMs(cost({}, 'srt'))).toBe(200)
})

test('delay, the key frame at the rate, and the repair of losses over both ways', () => {
  const up = { delayMs: 30, rateKbps: 1_000, loss: [{ kind: 'bernoulli' as const, p: 0.01 }] }
  const down = { delayMs: 20 }
  expect(cost(up, 'tcp', down)).toEqual({
    delayMs: 30,
    jitterMs: 0,
    keyFrameMs: 160,
    repairMs: 100,
  })
  expect(cost(up, 'whip', down).repairMs).toBe(90)
})

test('the worst of a schedule counts, as far as it is seen', () => {
  const schedule = [
    { atMs: 5_000, set: { delayMs: 80, rateKbps: 500 } },
    { atMs: 15_000, set: { delayMs: 900, rateKbps: 10 } },
  ]
  expect(cost({ delayMs: 30, schedule })).toMatchObject({ delayMs: 80, keyFrameMs: 320 })
})

test('heavy jitter is bounded by its own limit', () => {
  const jitter = { kind: 'pareto' as const, scaleMs: 12, shape: 1.5, maxMs: 400 }
  expect(cost({ jitter }).jitterMs).toBeCloseTo(12 * ((1 - 0.95 ** 0.125) ** (-1 / 1.5) - 1), 6)
  expect(cost({ jitter: { ...jitter, maxMs: 50 } }).jitterMs).toBe(50)
})

test('a recorded trace counts as a schedule does', () => {
  expect(linkCost(loadLink('train'), 'up', 'tcp').delayMs).toBeGreaterThanOrEqual(70)
})
