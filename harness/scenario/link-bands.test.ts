import { expect, test } from 'vitest'
import { LinkModel } from '../network/link-model.ts'
import type { LinkFile, SettingsChange } from '../network/link-spec.ts'
import { checkLink } from '../network/load-link.ts'
import { directionBands, mergedBands } from './link-bands.ts'

/** Bands of the uplink of such a link after 10 s, with changes by hand. */
function bandsOf(up: LinkFile['up'], changes: [number, SettingsChange][] = []) {
  const link = checkLink({ schema: 'liveproof/link@1', id: 'a', summary: 'A link.', up })
  const model = new LinkModel({ link, seed: 1, protocol: 'udp' })
  for (const [at, change] of changes) {
    model.agenda.runUntil(at)
    model.up.set(at, change)
  }
  model.agenda.runUntil(10_000)
  const { history, log } = model.up
  return directionBands(history, 10_000, log.changes[0]?.at ?? Number.POSITIVE_INFINITY)
}

test('a link that stays as it began has no bands', () => {
  expect(bandsOf({ rateKbps: 500, loss: [{ kind: 'bernoulli', p: 0.1 }] })).toEqual([])
})

test('a blackout by hand is the doing of the scenario', () => {
  const changes: [number, SettingsChange][] = [
    [1_000, { blackout: true }],
    [3_000, { blackout: false }],
  ]
  expect(bandsOf({ rateKbps: 500 }, changes)).toEqual([
    { from: 1_000, to: 3_000, kind: 'blackout', label: 'blackout', origin: 'scenario' },
  ])
})

test('a schedule is of the link, and a ramp is told as one band', () => {
  const schedule = [
    { atMs: 2_000, set: { rateKbps: 200 } },
    { atMs: 4_000, rampMs: 1_000, set: { rateKbps: 8_000 } },
  ]
  const [band, ...more] = bandsOf({ rateKbps: 8_000, schedule })
  expect(more).toEqual([])
  expect(band).toMatchObject({ from: 2_000, kind: 'rate', origin: 'link' })
  expect(band?.label).toMatch(/^0\.2–7\.\d+ Mbit\/s$/)
  expect(band?.to).toBeGreaterThan(4_900)
  expect(band?.to).toBeLessThanOrEqual(5_000)
})

test('what lasts ends with the scenario, a rate of nothing is dark', () => {
  const loss = [{ kind: 'bernoulli' as const, p: 0.05 }]
  expect(bandsOf({ rateKbps: 500 }, [[4_000, { loss }]])).toEqual([
    { from: 4_000, to: 10_000, kind: 'loss', label: '5 % loss', origin: 'scenario' },
  ])
  expect(bandsOf({ rateKbps: 500 }, [[4_000, { rateKbps: 0 }]])).toMatchObject([
    { from: 4_000, to: 10_000, kind: 'blackout' },
  ])
})

test('what a scenario makes better is told as such, what a schedule does is not', () => {
  const better = { loss: [], rateKbps: 900, delayMs: 10 }
  const poor = { rateKbps: 500, delayMs: 40, loss: [{ kind: 'bernoulli' as const, p: 0.05 }] }
  expect(bandsOf(poor, [[4_000, better]])).toEqual([
    {
      from: 4_000,
      to: 10_000,
      kind: 'eased',
      label: '0 % loss, 10 ms delay, 900 kbit/s',
      origin: 'scenario',
    },
  ])
  expect(bandsOf({ ...poor, schedule: [{ atMs: 4_000, set: better }] })).toEqual([])
  expect(bandsOf(poor, [[4_000, { rateKbps: null }]])).toMatchObject([
    { kind: 'eased', label: 'no limit of rate' },
  ])
})

test('other settings are named', () => {
  expect(bandsOf({}, [[4_000, { duplicate: { p: 0.1, afterMs: 1 }, mtu: 1_400 }]])).toMatchObject([
    { from: 4_000, to: 10_000, kind: 'other', label: 'duplicate, mtu changed' },
  ])
})

test('what happens to both directions at once is one band', () => {
  const band = { kind: 'blackout', label: 'blackout', origin: 'scenario' } as const
  const up = [{ ...band, from: 5_000, to: 6_000 }]
  const down = [
    { ...band, from: 1_000, to: 2_000 },
    { ...band, from: 5_001, to: 6_000 },
  ]
  expect(mergedBands(up, down)).toEqual([
    { ...band, from: 1_000, to: 2_000, way: 'down' },
    { ...band, from: 5_000, to: 6_000, way: 'both' },
  ])
})
