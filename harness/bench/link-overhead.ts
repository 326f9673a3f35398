import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Histogram } from '../measure/histogram.ts'
import type { LinkFile } from '../network/link-spec.ts'
import { openLink } from '../network/open-link.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { percentileFigure } from './benchmark.ts'
import type { TrafficJob, TrafficResult } from './link-traffic.ts'

const traffic = fileURLToPath(new URL('./link-traffic.ts', import.meta.url))
const PACED = { kind: 'udp-paced', rate: 500, size: 1_000 } as const
/** Late ones come in bunches while code is compiled: a percentile of less would be luck. */
const PACED_SECONDS = 30
const DELAY_MS = 20
const RATE_KBPS = 20_000
/** IP and UDP in front of each of our datagrams. */
const HEADER_BYTES = 28

export const linkOverhead: Benchmark = {
  id: 'link-overhead',
  title: 'Links: what they cost, and how true they are',
  method:
    'The link in one process, sender and receiver in another of low priority on the same machine, ' +
    'for at least 30 s, the first of which, when code is compiled, included. Overhead is a ' +
    'percentile through a link that does nothing, less the same percentile without it. Delay and ' +
    'rate are measured at the receiver, by its own clock.',
  async run({ seconds }) {
    const paced = { ...PACED, seconds: Math.max(PACED_SECONDS, seconds) }
    const direct = latencyOf(await send(paced, null))
    const through = latencyOf(await send(paced, {}))
    const delayed = latencyOf(await send(paced, { delayMs: DELAY_MS }))
    const flood = await send({ kind: 'udp-flood', rate: 0, size: 200, seconds: 5 }, {})
    const limited = await send(
      { kind: 'udp-paced', rate: 4_000, size: 1_000, seconds: 6 },
      { rateKbps: RATE_KBPS },
    )
    const tcp = await send({ kind: 'tcp-flood', rate: 0, size: 0, seconds: 5 }, {})
    const kbps = ((limited.receivedBytes + limited.received * HEADER_BYTES) * 8) / limited.elapsedMs
    return [
      percentileFigure('UDP without a link', direct, 99),
      percentileFigure('UDP through a link', through, 99),
      difference('added by the link', through, direct, 50, 0),
      difference('added by the link', through, direct, 99, 0, { operator: '<=', value: 0.5 }),
      difference(`delay of ${DELAY_MS} ms, error`, delayed, direct, 50, DELAY_MS),
      difference(`delay of ${DELAY_MS} ms, error`, delayed, direct, 99, DELAY_MS, {
        operator: '<=',
        value: 1,
      }),
      {
        name: 'UDP packets through a link',
        value: flood.received / (flood.elapsedMs / 1000),
        unit: 'packets/s',
        count: flood.received,
        bound: `of ${Math.round(flood.sent / 5)}/s offered, 200 bytes each`,
        goal: { operator: '>=', value: 50_000 },
      },
      {
        name: `rate of ${RATE_KBPS / 1000} Mbit/s, error`,
        value: Math.abs(kbps / RATE_KBPS - 1) * 100,
        unit: '%',
        count: limited.received,
        bound: `over ${(limited.elapsedMs / 1000).toFixed(1)} s`,
        goal: { operator: '<=', value: 2 },
      },
      {
        name: 'TCP through a link',
        value: (tcp.receivedBytes * 8) / tcp.elapsedMs / 1e6,
        unit: 'Gbit/s',
        count: tcp.received,
        bound: `over ${(tcp.elapsedMs / 1000).toFixed(1)} s`,
        goal: { operator: '>=', value: 2 },
      },
    ]
  },
}

function latencyOf({ latency }: TrafficResult): Histogram {
  return Histogram.decode(latency)
}

function difference(
  name: string,
  above: Histogram,
  below: Histogram,
  percentile: number,
  expected: number,
  goal?: Figure['goal'],
): Figure {
  const by = above.percentile(percentile) - below.percentile(percentile) - expected
  return {
    name: `${name} p${percentile}`,
    value: by,
    unit: 'ms',
    count: above.count,
    bound: 'difference of two percentiles, each exact to 0.1 %',
    ...(goal ? { goal } : {}),
  }
}

/** Runs a job through a link whose uplink does what `up` says; null for no link at all. */
async function send(
  job: Omit<TrafficJob, 'port'>,
  up: LinkFile['up'] | null,
): Promise<TrafficResult> {
  const child = fork(traffic, [JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const link =
    up === null
      ? null
      : await openLink({
          spec: { schema: 'liveproof/link@1', id: 'bench', summary: 'Under test.', up },
          seed: 1,
          to: { host: '127.0.0.1', port },
          protocol: job.kind === 'tcp-flood' ? 'tcp' : 'udp',
        })
  try {
    child.send({ port: link?.address.port ?? port })
    const [result] = (await once(child, 'message')) as [TrafficResult]
    return result
  } finally {
    await link?.close()
    child.kill()
  }
}
