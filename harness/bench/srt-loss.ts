import { setTimeout as delay } from 'node:timers/promises'
import { ingestSessions } from '../conformance/ingest-sessions.ts'
import { loadProfile } from '../encoders/load-profile.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import { openLink } from '../network/open-link.ts'
import type { Benchmark } from './benchmark.ts'
import { withReference } from './with-reference.ts'

const LOSS = 0.05
const ONE_WAY_MS = 25
const LATENCY_MS = 250

export const srtLoss: Benchmark = {
  id: 'srt-loss',
  title: `SRT at ${LOSS * 100} % loss, ${2 * ONE_WAY_MS} ms round trip, ${LATENCY_MS} ms latency`,
  method:
    'One caller at 1 Mbit/s through a link that drops packets at random, both ways, from a fixed ' +
    'seed. Delivered: all packets but those that the receiver gave up; of the last ones before the ' +
    'caller ends, those that were lost cannot be asked for again.',
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      const to = new URL(stream.ingest.srt ?? '')
      const way = { delayMs: ONE_WAY_MS, loss: [{ kind: 'bernoulli' as const, p: LOSS }] }
      const link = await openLink({
        spec: { schema: 'liveproof/link@1', id: 'bench', summary: 'Lossy.', up: way, down: way },
        seed: 1,
        protocol: 'udp',
        to: { host: to.hostname, port: Number(to.port) },
      })
      bench.atClose(() => link.close())
      const { srt, media, ...rest } = loadProfile('obs-29')
      if (!srt) throw new Error('obs-29 has no SRT')
      const encoder = await startEncoder({
        profile: {
          ...rest,
          srt: { ...srt, latencyMs: LATENCY_MS },
          media: { ...media, video: '720p30' },
        },
        to: { url: `srt://127.0.0.1:${link.address.port}`, streamName: stream.name },
        signal,
      })
      const viewer = bench.watch(stream)
      await viewer.frames(Math.round(seconds * 30), { timeoutMs: seconds * 1000 + 10_000 })
      const { frames, lost } = viewer.stats
      await encoder.stop()
      await delay(LATENCY_MS + 200, undefined, { signal })
      const [session] = (await ingestSessions(bench.target, signal, stream.name)) ?? []
      const stats = session?.events.find(({ type }) => type === 'srt-stats')
      const number = (field: string) => Number(stats?.[field] ?? Number.NaN)
      const packets = number('packets') - number('duplicates')
      const share = packets / (packets + number('dropped'))
      return [
        {
          name: 'packets delivered',
          value: share * 100,
          unit: '%',
          count: packets,
          bound: `${number('dropped')} given up, ${number('lost')} were missing at first`,
          goal: { operator: '>=', value: 99.9 },
        },
        {
          name: 'frames missing at an H5Live viewer',
          value: lost,
          unit: 'frames',
          count: frames,
          bound: 'exact, by the stamps of all frames between the first and the last',
          goal: { operator: '==', value: 0 },
        },
      ]
    }),
}
