import { setTimeout as delay } from 'node:timers/promises'
import type { Encoder } from '../encoders/encoder.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import { Histogram } from '../measure/histogram.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { withReference } from './with-reference.ts'

const PUBLISHERS = 20
const VIEWERS = 4
const SETTLE_MS = 2_000

/** Publishers on libdatachannel, and what a viewer in code sees of some of them. */
export const whipPublishers: Benchmark = {
  id: 'whip-publishers',
  title: `${PUBLISHERS} WHIP publishers at 1 Mbit/s`,
  method:
    'Publishers (libdatachannel, the clip 720p30) and H5Live viewers of the first ' +
    `${VIEWERS} streams in one process, the reference in another; composed (stamp in the SEI) to ` +
    'received (last byte).',
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const streams = []
      for (let i = 0; i < PUBLISHERS; i++) streams.push(await bench.createStream())
      const encoders: Encoder[] = []
      bench.atClose(() => Promise.all(encoders.map((encoder) => encoder.stop())))
      for (const { name, ingest } of streams) {
        const to = { url: ingest.whip?.url ?? '', streamName: name }
        const clipOverride = { video: '720p30' }
        encoders.push(await startEncoder({ profile: 'obs-32', to, clipOverride, signal }))
      }
      const viewers = streams.slice(0, VIEWERS).map((stream) => bench.watch(stream))
      await Promise.all(viewers.map((viewer) => viewer.frames(30)))
      await delay(SETTLE_MS, undefined, { signal })
      for (const viewer of viewers) viewer.latency.reset()
      const before = await bench.process()
      const bytesBefore = encoders.reduce((sum, { stats }) => sum + stats.bytesSent, 0)
      await delay(seconds * 1000, undefined, { signal })
      const cpuMs = (await bench.process()).cpuMs - before.cpuMs
      const bytes = encoders.reduce((sum, { stats }) => sum + stats.bytesSent, 0) - bytesBefore
      const latency = new Histogram()
      for (const viewer of viewers) latency.merge(viewer.latency)
      const cpu = cpuMs / seconds / 10
      return [
        percentileFigure('WHIP to H5Live', latency, 50),
        percentileFigure('WHIP to H5Live', latency, 95, { operator: '<=', value: 60 }),
        percentileFigure('WHIP to H5Live', latency, 99),
        {
          name: 'frames lost',
          value: viewers.reduce((sum, { stats }) => sum + stats.lost, 0),
          unit: 'frames',
          count: latency.count,
          bound: 'exact',
          goal: { operator: '==', value: 0 },
        },
        {
          name: 'reference CPU',
          value: cpu,
          unit: '% of a core',
          count: PUBLISHERS,
          bound: `${(cpu / PUBLISHERS).toFixed(2)} % a publisher; one reading`,
        },
        {
          name: 'rate of each publisher',
          value: (bytes * 8) / seconds / PUBLISHERS / 1e6,
          unit: 'Mbit/s',
          count: PUBLISHERS,
          bound: 'mean',
        },
      ]
    }),
}
