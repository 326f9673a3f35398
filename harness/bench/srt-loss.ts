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
    'seed. Delivered: all packets but those that the receiver gave up.',
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
      await delay(seconds * 1000, undefined, { signal })
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
          name: 'frames lost',
          value: encoder.stats.framesSent - (session?.frames.track.length ?? 0),
          unit: 'frames',
          count: encoder.stats.framesSent,
          bound: 'the last of each track counts as lost when it was not sent in full',
        },
      ]
    }),
}
