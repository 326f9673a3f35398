import type { StageResult, ViewerKind } from '../load/engine.ts'
import type { TargetStream } from '../targets/target.ts'
import { type Benchmark, type Figure, percentileFigure } from './benchmark.ts'
import { measureCrowd, servedFigures } from './measure-crowd.ts'
import { withReference } from './with-reference.ts'

const VIEWERS = 2_000
const RAMP_MS = 10_000
const FEWER_VIEWERS = 300
const FEWER_RAMP_MS = 2_000
/** Media rate that the goal of the swarm is told for. */
const GOAL_MBPS = 1

export const manyViewers: Benchmark = {
  id: 'many-viewers',
  title: `${VIEWERS} H5Live viewers of one stream, 720p30 at 1 Mbit/s`,
  method:
    'Encoder and swarm (one thread) in one process, the reference in another, on the same machine. ' +
    'Every frame of every viewer counts from the moment that all have joined; every stamp is read.',
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      const crowd = await measureCrowd(bench, [h5live(stream)], {
        viewers: VIEWERS,
        rampMs: RAMP_MS,
        holdMs: seconds * 1000,
      })
      const { stage, serverCpu, swarmCpu, serverBytes, swarmBytes } = crowd
      const { latency, frames, bytes } = stage.hold
      const mbps = (bytes * 8) / (stage.to - stage.from) / 1000 / VIEWERS
      return [
        percentileFigure('latency', latency, 50),
        percentileFigure('latency', latency, 99, { operator: '<=', value: 100 }),
        ...servedFigures(stage.hold, VIEWERS),
        {
          name: 'rate of each viewer',
          value: mbps,
          unit: 'Mbit/s',
          count: VIEWERS,
          bound: 'mean, media without framing',
        },
        {
          name: 'server memory per viewer',
          value: serverBytes / 1000,
          unit: 'kB',
          count: 1,
          bound: 'one reading; resident memory, garbage included',
          goal: { operator: '<=', value: 60 },
        },
        {
          name: 'swarm memory per viewer',
          value: swarmBytes / 1000,
          unit: 'kB',
          count: 1,
          bound:
            'least of a reading a second; resident memory, its thread included, after a collection',
          goal: { operator: '<=', value: 30 },
        },
        {
          name: 'server CPU',
          value: serverCpu * 100,
          unit: '% of a core',
          count: 1,
          bound: 'one reading',
        },
        {
          name: 'swarm viewers per core',
          value: (VIEWERS / swarmCpu) * (mbps / GOAL_MBPS),
          unit: `viewers at ${GOAL_MBPS} Mbit/s`,
          count: frames,
          bound: `one thread used ${(swarmCpu * 100).toFixed(0)} % of a core; in proportion to the rate`,
          goal: { operator: '>=', value: 3_000 },
        },
        fitToMeasure(stage),
      ]
    }),
}

/** The crowd that a first path has to serve, with tighter bounds than the large one's. */
export const viewersOfOne: Benchmark = {
  id: 'h5live-viewers',
  title: `${FEWER_VIEWERS} H5Live viewers of one stream, 720p30 at 1 Mbit/s`,
  method: `As the crowd of ${VIEWERS}: every frame of every viewer, from the moment that all have joined.`,
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      const { stage } = await measureCrowd(bench, [h5live(stream)], {
        viewers: FEWER_VIEWERS,
        rampMs: FEWER_RAMP_MS,
        holdMs: seconds * 1000,
      })
      const { latency } = stage.hold
      return [
        percentileFigure('latency', latency, 50),
        percentileFigure('latency', latency, 99, { operator: '<=', value: 50 }),
        ...servedFigures(stage.hold, FEWER_VIEWERS),
        fitToMeasure(stage),
      ]
    }),
}

export function h5live({ playout }: TargetStream): ViewerKind {
  return { name: 'H5Live', format: 'h5live', weight: 1, urls: [playout.h5live] }
}

function fitToMeasure({ engine: { causes } }: StageResult): Figure {
  return {
    name: 'harness fit to measure',
    value: causes.length === 0 ? 1 : 0,
    unit: 'yes = 1',
    count: 1,
    bound: causes.join('; ') || 'no limit of its own was passed',
    goal: { operator: '==', value: 1 },
  }
}
