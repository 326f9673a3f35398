import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LinkModel } from './link-model.ts'
import type { LinkFile } from './link-spec.ts'
import { checkLink } from './load-link.ts'
import { replay } from './replay.ts'

const rough: LinkFile['up'] = {
  delayMs: 20,
  jitter: { kind: 'pareto', scaleMs: 5, shape: 2, reorder: true },
  loss: [{ kind: 'gilbert-elliott', toBad: 0.05, toGood: 0.3 }],
  duplicate: { p: 0.05, afterMs: 1 },
  reorder: { p: 0.05, byMs: 15 },
  corrupt: { p: 0.02 },
  rateKbps: 2_000,
  queue: { bytes: 20_000, codel: {} },
  schedule: [
    { atMs: 300, set: { rateKbps: 500 } },
    { atMs: 600, rampMs: 200, set: { rateKbps: 3_000, delayMs: 60 } },
    { atMs: 900, set: { blackout: true } },
    { atMs: 1_000, set: { blackout: false } },
  ],
  loopMs: 1_500,
}
const link = checkLink({
  schema: 'liveproof/link@1',
  id: 'rough',
  summary: 'Everything.',
  up: rough,
})

const offers = fc.array(
  fc.record({
    gap: fc.double({ min: 0, max: 20, noNaN: true }),
    size: fc.integer({ min: 40, max: 1500 }),
  }),
  { minLength: 1, maxLength: 400 },
)

/** Offers packets to a link whose machine gets round to things only every `stepMs`. */
function run(seed: number, packets: { gap: number; size: number }[], stepMs: number) {
  const model = new LinkModel({ link, seed, protocol: 'udp' })
  const delivered: [number, number][] = []
  let at = 0
  let looked = 0
  for (const [index, { gap, size }] of packets.entries()) {
    at += gap
    if (at - looked > stepMs) {
      looked = at
      model.agenda.runUntil(at)
    }
    model.up.offer(at, size, { deliver: (when) => delivered.push([index, when]) })
    if (index === 100) model.up.set(at, { delayMs: 5 })
    if (index === 200) model.up.schedule(at, [{ atMs: 50, set: { rateKbps: 300 } }])
  }
  model.agenda.runUntil(at + 100_000)
  return { log: model.up.log, delivered }
}

test('the same seed decides the same, however slow the machine is', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      offers,
      fc.double({ min: 0, max: 500, noNaN: true }),
      (seed, packets, stepMs) => {
        const fast = run(seed, packets, 0)
        const slow = run(seed, packets, stepMs)
        expect(slow.log.toCsv()).toBe(fast.log.toCsv())
        expect([...slow.delivered].sort()).toEqual([...fast.delivered].sort())
      },
    ),
    { numRuns: 50 },
  )
})

test('a log can be replayed, and comes out exactly the same', () => {
  fc.assert(
    fc.property(fc.nat(), offers, (seed, packets) => {
      const { log } = run(seed, packets, 0)
      const again = replay({ link, name: 'up', seed, protocol: 'udp', log })
      expect([...again]).toEqual([...log])
    }),
    { numRuns: 50 },
  )
})

test('another seed decides otherwise', () => {
  const packets = Array.from({ length: 400 }, () => ({ gap: 5, size: 500 }))
  expect(run(1, packets, 0).log.toCsv()).not.toBe(run(2, packets, 0).log.toCsv())
})
