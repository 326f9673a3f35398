import type { ViewerKind } from '../load/engine.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { measureCrowd, servedFigures } from './measure-crowd.ts'
import { withReference } from './with-reference.ts'

const VIEWERS = 500

export const hlsViewers: Benchmark = {
  id: 'hls-viewers',
  title: `${VIEWERS} LL-HLS viewers of one stream, 720p30 at 1 Mbit/s`,
  method:
    'As the crowd of H5Live viewers: blocking reloads, then the parts that are new, each viewer on ' +
    'one kept connection. Latency is to the last byte of the part, without any hold-back.',
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      const kind: ViewerKind = {
        name: 'LL-HLS',
        format: 'hls',
        weight: 1,
        urls: [stream.playout.hls ?? ''],
      }
      const { stage, serverCpu, swarmCpu } = await measureCrowd(bench, [kind], {
        viewers: VIEWERS,
        rampMs: 5_000,
        holdMs: seconds * 1000,
      })
      const { latency, frames } = stage.hold
      return [
        percentileFigure('latency', latency, 50),
        percentileFigure('latency', latency, 95, { operator: '<=', value: 1_000 }),
        ...servedFigures(stage.hold, VIEWERS),
        {
          name: 'server CPU',
          value: serverCpu * 100,
          unit: '% of a core',
          count: 1,
          bound: 'one reading',
        },
        {
          name: 'swarm viewers per core',
          value: VIEWERS / swarmCpu,
          unit: 'viewers',
          count: frames,
          bound: `one thread used ${(swarmCpu * 100).toFixed(0)} % of a core`,
          goal: { operator: '>=', value: 500 },
        },
      ]
    }),
}
