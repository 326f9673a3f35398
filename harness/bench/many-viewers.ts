import { setTimeout as delay } from 'node:timers/promises'
import { Histogram } from '../measure/histogram.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { withReference } from './with-reference.ts'

const VIEWERS = 300
/** Joined at once; the rest wait, as people do. */
const JOIN_BATCH = 25

export const manyViewers: Benchmark = {
  id: 'many-viewers',
  title: `${VIEWERS} H5Live viewers of one stream, 720p30 at 1 Mbit/s`,
  method:
    'Encoder and all viewers in one process, the reference in another, on the same machine. ' +
    'Every frame of every viewer counts from the moment that all have joined.',
  async run({ seconds, signal }) {
    return withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      const before = await bench.process()
      const viewers = []
      while (viewers.length < VIEWERS) {
        const batch = Array.from({ length: JOIN_BATCH }, () => bench.watch(stream))
        await Promise.all(batch.map((viewer) => viewer.firstKeyFrame))
        viewers.push(...batch)
      }
      for (const viewer of viewers) viewer.latency.reset()
      const cpuBefore = (await bench.process()).cpuMs
      await delay(seconds * 1000, undefined, { signal })
      const after = await bench.process()
      const all = new Histogram(viewers[0]!.latency.errorBoundMs)
      for (const viewer of viewers) all.merge(viewer.latency)
      const lost = viewers.reduce((sum, { stats }) => sum + stats.lost, 0)
      const perViewer = (after.rssBytes - before.rssBytes) / VIEWERS / 1000
      return [
        percentileFigure('latency', all, 50),
        percentileFigure('latency', all, 99, { operator: '<=', value: 50 }),
        {
          name: 'frames lost',
          value: lost,
          unit: 'frames',
          count: all.count,
          bound: 'exact',
          goal: { operator: '==', value: 0 },
        },
        {
          name: 'server memory per viewer',
          value: perViewer,
          unit: 'kB',
          count: 1,
          bound: 'one reading; resident memory, garbage included',
        },
        {
          name: 'server CPU',
          value: (after.cpuMs - cpuBefore) / seconds / 10,
          unit: '% of a core',
          count: 1,
          bound: 'one reading',
        },
      ]
    })
  },
}
