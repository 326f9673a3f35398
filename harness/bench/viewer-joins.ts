import { setTimeout as delay } from 'node:timers/promises'
import { swarmEngine } from '../viewers/swarm/swarm-engine.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { h5live } from './many-viewers.ts'
import { exact } from './measure-crowd.ts'
import { withReference } from './with-reference.ts'

const JOINS = 1_000

export const viewerJoins: Benchmark = {
  id: 'viewer-joins',
  title: `${JOINS} joins within one second, 720p30 at 1 Mbit/s`,
  method:
    'Viewers come at random (Poisson) over one second. Time from when a viewer was due to its first ' +
    'key frame, connect and handshake included.',
  run: ({ signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      await delay(3_000, undefined, { signal })
      const { stages } = await swarmEngine({ threads: 1 }).run({
        kinds: [h5live(stream)],
        stages: [{ viewers: JOINS, rampMs: 1_000, holdMs: 3_000 }],
        arrival: 'poisson',
        seed: 1,
        signal,
        onStage: () => true,
      })
      const [stage] = stages
      if (!stage) throw new Error('the crowd was cut short')
      const { connect, upgrade, keyFrame } = stage.ramp.startup
      return [
        percentileFigure('TCP connected', connect, 99),
        percentileFigure('handshake done', upgrade, 99),
        percentileFigure('first decodable frame', keyFrame, 50),
        percentileFigure('first decodable frame', keyFrame, 99, { operator: '<=', value: 500 }),
        exact('viewers with a picture', stage.hold.viewers.playing, 'viewers', JOINS, {
          operator: '==',
          value: JOINS,
        }),
      ]
    }),
}
