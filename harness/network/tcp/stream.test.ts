import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bulkTransfer, mathis } from '../testing/bulk-transfer.ts'
import { virtualLink } from '../testing/virtual-link.ts'
import { Stream } from './stream.ts'
import { MAX_TIMEOUTS, MSS_BYTES, RECEIVE_WINDOW_BYTES } from './tcp-limits.ts'

describe.each([20, 50, 100, 200])('round trip of %d ms', (rtt) => {
  test.each([0.001, 0.003, 0.01, 0.03])('loss of %d costs what Mathis says, within 25 %%', (p) => {
    // About 300 losses and more, so that chance moves the rate by a few percent only.
    const seconds = (300 / Math.sqrt(p) / 1.22) * (rtt / 1000) + 5
    const { rate } = bulkTransfer(
      { delayMs: rtt / 2, loss: [{ kind: 'bernoulli', p }] },
      { seconds, fromMs: 2_000, delayBackMs: rtt / 2 },
    )
    expect(Math.abs(rate / mathis(MSS_BYTES, rtt, p) - 1)).toBeLessThan(0.25)
  })
})

test('a link with a rate is filled, headers taken off', () => {
  const { rate, stream } = bulkTransfer(
    { delayMs: 20, rateKbps: 10_000, queue: { ms: 60 } },
    { seconds: 30, fromMs: 5_000, delayBackMs: 20 },
  )
  const most = (10_000_000 / 8) * (MSS_BYTES / 1_500)
  expect(rate / most).toBeGreaterThan(0.97)
  expect(rate / most).toBeLessThanOrEqual(1.001)
  expect(stream.sender.timeouts).toBe(0)
})

/** A stream that sends `bytes` through an uplink; times at which bytes came out. */
function transfer(up: Parameters<typeof virtualLink>[0], bytes: number, down = {}, seed = 1) {
  const link = virtualLink(up, { protocol: 'tcp', down, seed })
  const came: { at: number; count: number }[] = []
  let endedAt: number | null = null
  let gaveUpAt: number | null = null
  let buffered = 0
  const stream = new Stream({
    agenda: link.agenda,
    data: link.up,
    back: link.down,
    blocked: () => false,
    onBytes: (count, at) => came.push({ at, count }),
    onEnd(at) {
      endedAt = at
    },
    onRoom() {},
    onGivenUp(at) {
      gaveUpAt = at
    },
    buffered: () => buffered,
  })
  stream.sender.start(0)
  stream.sender.write(bytes, 0)
  return {
    link,
    stream,
    came,
    total: () => came.reduce((sum, { count }) => sum + count, 0),
    endedAt: () => endedAt,
    gaveUpAt: () => gaveUpAt,
    fill(count: number) {
      buffered = count
    },
  }
}

test('one lost segment among many costs about one round trip, by fast retransmit', () => {
  const run = transfer({ delayMs: 50, loss: [{ kind: 'indices', indices: [3] }] }, 10 * MSS_BYTES, {
    delayMs: 50,
  })
  run.link.agenda.runUntil(10_000)
  expect(run.came.at(0)?.at).toBe(50)
  expect(run.came.at(-1)?.at).toBe(150)
  expect(run.stream.sender).toMatchObject({ fastRetransmits: 1, timeouts: 0, retransmitted: 1 })
})

test('one lost segment alone costs a time-out', () => {
  const run = transfer({ delayMs: 50, loss: [{ kind: 'indices', indices: [0] }] }, 100, {
    delayMs: 50,
  })
  run.link.agenda.runUntil(10_000)
  // No round trip has been measured, so the time-out is RFC 6298's first second.
  expect(run.came).toEqual([{ at: 1_050, count: 100 }])
})

test('a blackout stalls until the backed-off time-out after it', () => {
  const run = transfer({ delayMs: 10 }, 1, { delayMs: 10 })
  run.link.agenda.runUntil(1_000)
  run.link.up.set(1_000, { blackout: true })
  run.stream.sender.write(1_000, 1_000)
  run.link.agenda.runUntil(6_000)
  run.link.up.set(6_000, { blackout: false })
  run.link.agenda.runUntil(60_000)
  // One lost original, one probe, then time-outs of 1, 2, 4 … times the RTO: the first after 6 s.
  const back = run.came.at(-1)!.at
  expect(run.total()).toBe(1_001)
  expect(back).toBeGreaterThan(6_000)
  expect(back).toBeLessThan(12_000)
  expect(run.stream.sender.timeouts).toBeGreaterThanOrEqual(4)
})

test('a link that never comes back makes the sender give up', () => {
  const run = transfer({ blackout: true }, 100)
  run.link.agenda.runUntil(3_600_000)
  // Linux with tcp_retries2 = 15 takes 15 to 30 minutes.
  expect(run.gaveUpAt()).toBeGreaterThan(900_000)
  expect(run.gaveUpAt()).toBeLessThan(1_800_000)
})

test('a receiver that reads nothing stops the sender, and one that reads again lets it go on', () => {
  const run = transfer({ delayMs: 5 }, RECEIVE_WINDOW_BYTES * 2, { delayMs: 5 })
  run.fill(RECEIVE_WINDOW_BYTES)
  run.link.agenda.runUntil(60_000)
  const stopped = run.total()
  expect(stopped).toBeLessThanOrEqual(RECEIVE_WINDOW_BYTES)
  run.fill(0)
  run.stream.receiver.taken(60_000)
  run.link.agenda.runUntil(120_000)
  expect(run.total()).toBe(RECEIVE_WINDOW_BYTES * 2)
})

test('every byte arrives once and in order, whatever the link does, unless the sender gives up', () => {
  const p = fc.double({ min: 0, max: 0.3, noNaN: true })
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(),
        bytes: fc.integer({ min: 1, max: 300_000 }),
        p,
        q: p,
        r: p,
        d: p,
      }),
      ({ seed, bytes, p, q, r, d }) => {
        const run = transfer(
          {
            delayMs: 20,
            jitter: { kind: 'uniform', ms: 10, reorder: true },
            loss: [{ kind: 'gilbert-elliott', toBad: p / 2, toGood: 0.5 }],
            reorder: { p: r, byMs: 30 },
            duplicate: { p: d, afterMs: 3 },
            rateKbps: 5_000,
          },
          bytes,
          { delayMs: 20, loss: [{ kind: 'bernoulli', p: q }] },
          seed,
        )
        run.stream.sender.end(0)
        run.link.agenda.runUntil(4_000_000)
        if (run.gaveUpAt() === null) {
          expect(run.total()).toBe(bytes)
          expect(run.endedAt()).not.toBeNull()
        } else expect(run.stream.sender.timeouts).toBeGreaterThanOrEqual(MAX_TIMEOUTS)
        // Nothing is left to do: no timer turns for ever.
        expect(run.link.agenda.next).toBe(Infinity)
      },
    ),
    { numRuns: 40 },
  )
})
