import { expect, test } from 'vitest'
import type { Loss } from './link-spec.ts'
import { expectedLoss } from './loss.ts'
import {
  binomialBounds,
  burstBounds,
  burstLengths,
  erf,
  ksDistance,
  ksLimit,
} from './testing/statistics.ts'
import { sendThrough, verdicts, virtualLink } from './testing/virtual-link.ts'

const COUNT = 100_000

test('a delay is added exactly', () => {
  const arrivals = sendThrough(virtualLink({ delayMs: 40 }), { count: 100, everyMs: 3 })
  expect(arrivals.map(({ at, index }) => at - index * 3)).toEqual(Array(100).fill(40))
})

test.each<[string, Parameters<typeof virtualLink>[0], (x: number) => number]>([
  ['uniform', { jitter: { kind: 'uniform', ms: 20, reorder: true } }, (x) => Math.min(1, x / 20)],
  [
    'normal',
    { jitter: { kind: 'normal', sigmaMs: 5, reorder: true } },
    (x) => erf(x / 5 / Math.SQRT2),
  ],
  [
    'pareto',
    { jitter: { kind: 'pareto', scaleMs: 10, shape: 3, maxMs: 1e6, reorder: true } },
    (x) => 1 - (1 + x / 10) ** -3,
  ],
])('%s jitter has its distribution', (_, up, cdf) => {
  const arrivals = sendThrough(virtualLink(up), { count: 20_000 })
  const delays = arrivals.map(({ at, index }) => at - index)
  expect(delays).toHaveLength(20_000)
  expect(ksDistance(delays, cdf)).toBeLessThan(ksLimit(20_000))
})

test('jitter keeps the order unless it may not', () => {
  const jitter = { kind: 'uniform', ms: 50 } as const
  const inOrder = (arrivals: { index: number }[]) =>
    arrivals.every(({ index }, place) => index === place)
  expect(inOrder(sendThrough(virtualLink({ jitter }), { count: 1_000 }))).toBe(true)
  const free = virtualLink({ jitter: { ...jitter, reorder: true } })
  expect(inOrder(sendThrough(free, { count: 1_000 }))).toBe(false)
  expect(free.up.stats.reordered).toBeGreaterThan(100)
})

test.each([0.001, 0.01, 0.1, 0.5])('Bernoulli loss of %d is binomial', (p) => {
  const link = virtualLink({ loss: [{ kind: 'bernoulli', p }] })
  sendThrough(link, { count: COUNT })
  const { low, high } = binomialBounds(COUNT, p)
  const lost = link.up.stats.dropped.loss ?? 0
  expect(lost).toBeGreaterThanOrEqual(low)
  expect(lost).toBeLessThanOrEqual(high)
})

test.each([
  [0.01, 0.25],
  [0.05, 0.5],
  [0.002, 0.1],
])('Gilbert–Elliott bursts (%d, %d) are geometric', (toBad, toGood) => {
  const loss: Loss = { kind: 'gilbert-elliott', toBad, toGood, lossGood: 0, lossBad: 1 }
  const link = virtualLink({ loss: [loss] })
  sendThrough(link, { count: COUNT })
  const bursts = burstLengths(verdicts(link.up).map((verdict) => verdict === 'loss'))
  const mean = bursts.reduce((sum, length) => sum + length, 0) / bursts.length
  const within = burstBounds(bursts.length, toGood)
  expect(mean).toBeGreaterThan(within.low)
  expect(mean).toBeLessThan(within.high)
  // Losses of one burst hang together, so the share varies as bursts do.
  const share = (link.up.stats.dropped.loss ?? 0) / COUNT
  const perBurst = Math.sqrt((2 - toGood) / toGood ** 2)
  const spread = (3.29 * Math.sqrt(COUNT * toBad) * perBurst) / COUNT
  expect(Math.abs(share - expectedLoss(loss))).toBeLessThan(spread)
  const cdf = (n: number) => 1 - (1 - toGood) ** n
  for (const n of [1, 2, 4, 8]) {
    const upTo = bursts.filter((length) => length <= n).length
    const bounds = binomialBounds(bursts.length, cdf(n))
    expect(upTo).toBeGreaterThanOrEqual(bounds.low)
    expect(upTo).toBeLessThanOrEqual(bounds.high)
  }
})

test('explicit and periodic losses hit exactly their packets', () => {
  const link = virtualLink({
    loss: [
      { kind: 'indices', indices: [0, 7] },
      { kind: 'periodic', every: 5, first: 2 },
    ],
  })
  sendThrough(link, { count: 14 })
  expect(verdicts(link.up).flatMap((verdict, i) => (verdict === 'loss' ? [i] : []))).toEqual([
    0, 2, 7, 12,
  ])
})

test('duplication, reordering and corruption happen as often as they should', () => {
  const link = virtualLink({
    duplicate: { p: 0.1, afterMs: 2 },
    reorder: { p: 0.05, byMs: 20 },
    corrupt: { p: 0.02 },
  })
  const arrivals = sendThrough(link, { count: COUNT })
  const within = (count: number, p: number) => {
    const { low, high } = binomialBounds(COUNT, p)
    expect(count).toBeGreaterThanOrEqual(low)
    expect(count).toBeLessThanOrEqual(high)
  }
  within(link.up.stats.duplicated, 0.1)
  within(link.up.stats.corrupted, 0.02)
  within([...link.up.log].filter(({ held }) => held).length, 0.05)
  expect(arrivals).toHaveLength(COUNT + link.up.stats.duplicated)
  expect(link.up.stats.droppedTotal).toBe(0)
})

test('with TCP a damaged packet is a lost one', () => {
  const link = virtualLink({ corrupt: { p: 0.5 } }, { protocol: 'tcp' })
  const arrivals = sendThrough(link, { count: 1_000 })
  expect(link.up.stats.dropped.checksum).toBe(1_000 - arrivals.length)
  expect(arrivals.every(({ corruptAt }) => corruptAt === null)).toBe(true)
})

test('packets above the MTU are dropped', () => {
  const link = virtualLink({ mtu: 1_400 })
  sendThrough(link, { count: 3, size: 1_401 })
  sendThrough(link, { count: 2, size: 1_400, from: 10 })
  expect(verdicts(link.up)).toEqual(['mtu', 'mtu', 'mtu', 'delivered', 'delivered'])
})

test('the rate is kept within 2 % over 5 s, and the queue delays as bytes over rate', () => {
  const link = virtualLink({ rateKbps: 4_000, queue: { bytes: 50_000 } })
  const arrivals = sendThrough(link, { count: 10_000, everyMs: 1, size: 1_000 })
  const inFiveSeconds = arrivals.filter(({ at }) => at > 1_000 && at <= 6_000).length
  expect(Math.abs((inFiveSeconds * 8_000) / 5_000 / 4_000 - 1)).toBeLessThan(0.02)
  // A full queue of 50,000 bytes and the packet being sent: 102 ms and 2 ms.
  const late = arrivals.filter(({ at }) => at > 2_000 && at < 8_000)
  for (const { at, index } of late) expect(Math.abs(at - index - 103)).toBeLessThanOrEqual(2)
  expect(link.up.stats.maxDepthBytes).toBe(50_000)
  expect(link.up.stats.dropped['queue-full']).toBe(10_000 - arrivals.length)
})

test('a queue in ms holds what the rate of the moment sends in that time', () => {
  const link = virtualLink({ rateKbps: 800, queue: { ms: 100 } })
  sendThrough(link, { count: 100, everyMs: 0, size: 1_000 })
  // 100 ms at 800 kbit/s are 10,000 bytes, and one packet is being sent.
  expect(link.up.stats.delivered).toBe(11)
})

test('CoDel keeps the standing queue near its target, drop-tail does not', () => {
  const delayAfter = (queue: object) => {
    const link = virtualLink({ rateKbps: 8_000, queue: { bytes: 500_000, ...queue } })
    // 2 % more than fits
    const arrivals = sendThrough(link, { count: 30_000, everyMs: 0.98, size: 1_000 })
    const late = arrivals.filter(({ index }) => index > 20_000)
    return late.reduce((sum, { at, index }) => sum + at - index * 0.98, 0) / late.length
  }
  expect(delayAfter({})).toBeGreaterThan(300)
  expect(delayAfter({ codel: {} })).toBeLessThan(20)
})

test('a change of rate holds for what is being sent, too', () => {
  const link = virtualLink({ rateKbps: 8 })
  const arrivals: number[] = []
  link.up.offer(0, 1_000, { deliver: (at) => arrivals.push(at) })
  link.agenda.runUntil(500)
  link.up.set(500, { rateKbps: 80 })
  link.agenda.runUntil(10_000)
  // Half is sent in 500 ms, the other half ten times as fast.
  expect(arrivals).toEqual([550])
})

test('in a blackout nothing gets in, and what waits goes on afterwards', () => {
  const link = virtualLink({ rateKbps: 80, queue: { bytes: 10_000 } })
  const arrivals: number[] = []
  const payload = { deliver: (at: number) => arrivals.push(at) }
  link.up.offer(0, 1_000, payload)
  link.up.offer(0, 1_000, payload)
  link.agenda.runUntil(50)
  link.up.set(50, { blackout: true })
  link.up.offer(60, 1_000, payload)
  link.agenda.runUntil(1_050)
  link.up.set(1_050, { blackout: false })
  link.agenda.runUntil(5_000)
  expect(arrivals).toEqual([1_100, 1_200])
  expect(verdicts(link.up)).toEqual(['delivered', 'delivered', 'blackout'])
})
