import { afterEach, expect, type TestContext, test } from 'vitest'
import type { LinkFile } from './link-spec.ts'
import {
  burstBreach,
  delayBreach,
  delaysOf,
  duplicationBreach,
  jitterBreach,
  lossBreach,
  type Overload,
  percentile,
  queueBreach,
  rateBreach,
  type Seen,
} from './testing/seen.ts'
import { erf } from './testing/statistics.ts'
import { UdpProber } from './testing/udp-prober.ts'

/** Links as a process beside them sees them: real datagrams, and its own clock. */

const SEED = 7
/**
 * ms that 99.5 of 100 datagrams may take through a link that does nothing. One that is delayed waits
 * for a processor when it comes and when it is due, so that half of its worst hundredth is each.
 */
const MOST_NOISE_MS = 1
/** ms that none of them may take where a standstill would let a queue run empty. */
const MOST_STANDSTILL_MS = 50
/** Share of the time in which the process beside may be away: what comes meanwhile it sees late. */
const MOST_AWAY = 0.005
/** A link is wrong when it is so each time: of what disturbs, some may miss the one that does nothing. */
const ATTEMPTS = 2

const probers: UdpProber[] = []
afterEach(async () => {
  for (const prober of probers.splice(0)) await prober.close()
})

async function prober(...ups: LinkFile['up'][]): Promise<UdpProber> {
  const opened = await UdpProber.open(SEED, ups)
  probers.push(opened)
  return opened
}

/** Why what was measured says nothing; null when it does. */
function noiseOf(unimpaired: Seen, away: number): string | null {
  const delays = delaysOf(unimpaired)
  const [usual, most] = [percentile(delays, 99.5), Math.max(...delays)]
  if (usual <= MOST_NOISE_MS && most <= MOST_STANDSTILL_MS && away <= MOST_AWAY) return null
  const share = `${(away * 100).toFixed(1)} %`
  return `unimpaired ${usual.toFixed(2)} ms at p99.5, ${most.toFixed(2)} ms at most, looked away for ${share}`
}

/**
 * Measures until nothing is wrong. A machine that is too busy for it makes the test skipped, with
 * the reason, and never red.
 */
async function measured(
  { skip }: TestContext,
  through: UdpProber,
  job: Parameters<UdpProber['run']>[0],
  breachOf: (seen: Seen[]) => string | null,
): Promise<Seen[]> {
  const noises: string[] = []
  const breaches: string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await through.run(job)
    const noise = noiseOf(seen[0]!, through.stillShare)
    const breach = breachOf(seen)
    if (noise) noises.push(noise)
    else if (breach) breaches.push(breach)
    else return seen
  }
  if (breaches.length === ATTEMPTS) expect.fail(breaches.join('; '))
  return skip(`this machine is too busy: ${[...noises, ...breaches].join('; ')}`)
}

test('packets are lost as often, in bursts as long, and twice as often as was set', async () => {
  const p = 0.05
  const copies = 0.05
  const toGood = 0.3
  const through = await prober(
    { loss: [{ kind: 'bernoulli', p }] },
    { loss: [{ kind: 'gilbert-elliott', toBad: 0.02, toGood, lossGood: 0, lossBad: 1 }] },
    { duplicate: { p: copies, afterMs: 1 } },
  )
  const seen = await through.run({ rounds: 20_000, everyMs: 0, size: 16 })
  expect(through.kernelDrops).toBe(0)
  const [unimpaired, single, bursts, twice] = seen as [Seen, Seen, Seen, Seen]
  expect([lossBreach(unimpaired, 0), duplicationBreach(unimpaired, 0)]).toEqual([null, null])
  expect(lossBreach(single, p)).toBeNull()
  expect(burstBreach(bursts, toGood)).toBeNull()
  expect(duplicationBreach(twice, copies)).toBeNull()
  // What was judged can be told from what is near it.
  for (const by of [0.8, 1.2]) {
    expect(lossBreach(single, by * p)).toContain('lost')
    expect(burstBreach(bursts, by * toGood)).toContain('in a burst')
    expect(duplicationBreach(twice, by * copies)).toContain('twice')
  }
})

test('a delay is kept within 1 ms at p99, a rate within 2 % over 5 s, and a queue delays as bytes over rate', {
  timeout: 60_000,
}, async (context) => {
  const delayMs = 20
  const overload = { rateKbps: 2_000, queueBytes: 50_000, size: 1_028, everyMs: 2 } as const
  const { rateKbps, queueBytes, size, everyMs } = overload
  const through = await prober({ delayMs }, { rateKbps, queue: { bytes: queueBytes } })
  await through.run({ rounds: 100, everyMs, size: 16 })
  const seen = await measured(
    context,
    through,
    { rounds: 3_100, everyMs, size: size - 28 },
    ([unimpaired, delayed, limited]) =>
      delayBreach(delayed!, unimpaired!, delayMs) ??
      rateBreach(limited!, overload) ??
      queueBreach(limited!, overload),
  )
  const [unimpaired, delayed, limited] = seen as [Seen, Seen, Seen]
  for (const by of [-2, 2]) {
    expect(delayBreach(delayed, unimpaired, delayMs + by)).toContain('ms')
    expect(rateBreach(limited, changed({ rateKbps: rateKbps * (1 + by / 50) }))).toContain('kbit/s')
    expect(queueBreach(limited, changed({ queueBytes: queueBytes + by * size }))).toContain('full')
    expect(queueBreach(limited, changed({ rateKbps: rateKbps * (1 + by / 50) }))).toContain('fills')
  }
  function changed(change: Partial<Overload>): Overload {
    return { ...overload, ...change }
  }
})

const SHAPES = {
  uniform: (ms: number) => Math.min(1, Math.max(0, ms / 60)),
  normal: (ms: number) => Math.max(0, erf(ms / 20 / Math.SQRT2)),
  pareto: (ms: number) => (ms > 0 ? 1 - (1 + ms / 40) ** -3 : 0),
}

test('jitter has the distribution that was set', { timeout: 60_000 }, async (context) => {
  const through = await prober(
    { jitter: { kind: 'uniform', ms: 60, reorder: true } },
    { jitter: { kind: 'normal', sigmaMs: 20, reorder: true } },
    { jitter: { kind: 'pareto', scaleMs: 40, shape: 3, maxMs: 1e6, reorder: true } },
  )
  await through.run({ rounds: 100, everyMs: 2, size: 16 })
  const shapes = Object.values(SHAPES)
  const [unimpaired, ...jittered] = await measured(
    context,
    through,
    { rounds: 1_500, everyMs: 3, size: 16 },
    ([still, ...moved]) =>
      moved.map((one, place) => jitterBreach(one, still!, shapes[place]!)).find(Boolean) ?? null,
  )
  // A scale that is half as large again, or another shape of the same spread, would be seen.
  for (const [place, shape] of shapes.entries()) {
    const one = jittered[place]!
    expect(jitterBreach(one, unimpaired!, (ms) => shape(ms / 1.5))).toContain('distance')
    expect(jitterBreach(one, unimpaired!, (ms) => shape(ms * 1.5))).toContain('distance')
    expect(jitterBreach(one, unimpaired!, shapes[(place + 1) % 3]!)).toContain('distance')
  }
})
