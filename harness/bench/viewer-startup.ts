import { setTimeout as delay } from 'node:timers/promises'
import { Histogram } from '../measure/histogram.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { withReference } from './with-reference.ts'

/** Coprime to the group of pictures (2 s), so that joins fall all over it. */
const PAUSE_MS = 97

export const viewerStartup: Benchmark = {
  id: 'viewer-startup',
  title: 'Start-up of a viewer in code, from connect to the first decodable key frame',
  method:
    'One stream, 720p30 at 1 Mbit/s, key frames every 2 s; viewers join one after the other, ' +
    'spread over the group of pictures.',
  async run({ seconds, signal }) {
    const startup = await withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      const first = bench.watch(stream)
      await first.frames(60)
      const startup = new Histogram()
      const joins = Math.max(50, Math.round((seconds * 1000) / (PAUSE_MS + 10)))
      for (let i = 0; i < joins; i++) {
        const viewer = bench.watch(stream)
        await viewer.firstKeyFrame
        startup.record(viewer.record.stages.firstKeyFrame!)
        await viewer.close()
        await delay(PAUSE_MS, undefined, { signal })
      }
      return startup
    })
    return [
      percentileFigure('start-up', startup, 50),
      percentileFigure('start-up', startup, 95, { operator: '<=', value: 50 }),
    ]
  },
}
