import { expect, test } from 'vitest'
import { settingsSchema } from '../network/link-spec.ts'
import { delayText, lossText, meanLoss, rateText, settingsText } from './link-words.ts'

test.each([
  [{}, 'nothing impaired'],
  [{ rateKbps: 12_000, delayMs: 25 }, '12 Mbit/s, 25 ms'],
  [{ rateKbps: 250, loss: [{ kind: 'bernoulli', p: 0.015 }] }, '250 kbit/s, 1.5 % loss'],
  [{ jitter: { kind: 'uniform', ms: 5, reorder: true } }, 'jitter, reordering'],
  [{ blackout: true, mtu: 1400 }, 'blackout, MTU 1400'],
])('%j reads "%s"', (settings, text) => {
  expect(settingsText(settingsSchema.parse(settings))).toBe(text)
})

test('a trace stands in place of a rate', () => {
  const settings = settingsSchema.parse({ rateKbps: 500, delayMs: 4 })
  expect(settingsText(settings, true)).toBe('recorded trace, 4 ms')
})

test('ranges are told from the lowest to the highest', () => {
  expect(rateText([8_000, 200])).toBe('0.2–8 Mbit/s')
  expect(rateText([300])).toBe('300 kbit/s')
  expect(delayText([20, 20])).toBe('20 ms delay')
  expect(
    lossText([[{ kind: 'bernoulli', p: 0.01 }], [{ kind: 'periodic', every: 20, first: 0 }]]),
  ).toBe('1–5 % loss')
})

test('models lose together what either loses', () => {
  const burst = {
    kind: 'gilbert-elliott',
    toBad: 0.1,
    toGood: 0.3,
    lossGood: 0,
    lossBad: 0.8,
  } as const
  expect(meanLoss([burst])).toBeCloseTo(0.2)
  expect(meanLoss([burst, { kind: 'bernoulli', p: 0.5 }])).toBeCloseTo(0.6)
  expect(meanLoss([{ kind: 'indices', indices: [1, 2] }])).toBe(0)
})
