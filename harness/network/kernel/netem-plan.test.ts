import { expect, test } from 'vitest'
import { type SettingsChange, settingsSchema } from '../link-spec.ts'
import { listLinks, loadLink } from '../load-link.ts'
import { settingsOf } from '../settings-of.ts'
import { netemPlan } from './netem-plan.ts'

const plan = (settings: SettingsChange) => netemPlan(settingsSchema.parse(settings))
const words = (settings: SettingsChange) => plan(settings).netem.join(' ')

test.each<[string, SettingsChange, string]>([
  ['nothing', {}, 'limit 10000'],
  ['a delay', { delayMs: 12.5 }, 'limit 10000 delay 12500us'],
  [
    'even jitter, which netem has on both sides',
    { delayMs: 10, jitter: { kind: 'uniform', ms: 8, reorder: false } },
    'limit 10000 delay 14000us 4000us',
  ],
  [
    'half-normal jitter by mean and deviation',
    { delayMs: 30, jitter: { kind: 'normal', sigmaMs: 6, reorder: false } },
    'limit 10000 delay 34787us 3617us distribution normal',
  ],
  ['loss', { loss: [{ kind: 'bernoulli', p: 0.0125 }] }, 'limit 10000 loss random 1.25%'],
  [
    'two losses at once',
    {
      loss: [
        { kind: 'bernoulli', p: 0.1 },
        { kind: 'bernoulli', p: 0.1 },
      ],
    },
    'limit 10000 loss random 19%',
  ],
  [
    'bursts of loss',
    {
      loss: [{ kind: 'gilbert-elliott', toBad: 0.01, toGood: 0.25, lossBad: 0.9, lossGood: 0.001 }],
    },
    'limit 10000 loss gemodel 1% 25% 90% 0.1%',
  ],
  ['copies', { duplicate: { p: 0.02, afterMs: 0 } }, 'limit 10000 duplicate 2%'],
  ['damage', { corrupt: { p: 0.001 } }, 'limit 10000 corrupt 0.1%'],
  [
    'a rate with a queue in bytes, and what is under way',
    { rateKbps: 1_200, delayMs: 100, queue: { bytes: 15_000 } },
    'limit 21 delay 100000us rate 1200000bit',
  ],
  ['a queue in ms', { rateKbps: 1_200, queue: { ms: 100 } }, 'limit 11 rate 1200000bit'],
  ['a blackout', { blackout: true, rateKbps: 1_200 }, 'limit 21 loss random 100% rate 1200000bit'],
  ['standing still', { rateKbps: 0 }, 'limit 10000 loss random 100%'],
])('%s', (_what, settings, expected) => {
  expect(words(settings)).toBe(expected)
})

test('order is kept unless jitter may break it, and the MTU is the device’s', () => {
  expect(plan({ mtu: 1_280 })).toMatchObject({ inOrder: true, mtu: 1_280 })
  expect(plan({ jitter: { kind: 'uniform', ms: 5, reorder: true } }).inOrder).toBe(false)
})

test.each<[string, SettingsChange]>([
  ['chosen packets', { loss: [{ kind: 'indices', indices: [1] }] }],
  ['every n-th packet', { loss: [{ kind: 'periodic', every: 5, first: 0 }] }],
  ['packets that are held back', { reorder: { p: 0.1, byMs: 5 } }],
  ['late copies', { duplicate: { p: 0.1, afterMs: 5 } }],
  ['CoDel', { queue: { codel: { targetMs: 5, intervalMs: 100 } } }],
])('%s: netem cannot, and says so', (_what, settings) => {
  expect(() => plan(settings)).toThrow(expect.objectContaining({ code: 'LP_LINK_BACKEND' }))
})

test.each(listLinks())('preset %s can be had from netem', (id) => {
  const { spec } = loadLink(id)
  for (const way of [spec.up, spec.down]) expect(netemPlan(settingsOf(way)).netem[0]).toBe('limit')
})
