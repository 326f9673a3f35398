import { findProgram } from '../setup/program.ts'
import { k6 } from '../setup/programs.ts'
import { runK6 } from '../viewers/k6/run-k6.ts'
import { addViewerLines } from '../viewers/k6/viewer-lines.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { h5live } from './many-viewers.ts'
import { exact, measureCrowd } from './measure-crowd.ts'
import { withReference } from './with-reference.ts'

/** k6 fills a core with a few hundred. */
const K6_VIEWERS = 100
const SWARM_VIEWERS = 1_000
const RAMP_S = 4

export const k6Viewers: Benchmark = {
  id: 'k6-viewers',
  title: 'Viewers per core: the swarm and k6, same stream, same work',
  method:
    `${K6_VIEWERS} H5Live viewers of k6 (${k6.go?.version}, our script), then ${SWARM_VIEWERS} of the swarm, ` +
    'of one 720p30 stream at 1 Mbit/s on one reference. Both read the stamp of every frame and model ' +
    'the player’s buffer. CPU is that of the k6 process, or of the swarm’s thread, while all viewers are there.',
  run: async ({ seconds, signal }) => {
    if (!findProgram(k6)) return [missing]
    return withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      const peer = await runK6({
        format: 'h5live',
        urls: [stream.playout.h5live],
        viewers: K6_VIEWERS,
        rampSeconds: RAMP_S,
        holdSeconds: seconds,
        signal,
      })
      const crowd = await measureCrowd(bench, [h5live(stream)], {
        viewers: SWARM_VIEWERS,
        rampMs: RAMP_S * 1000,
        holdMs: seconds * 1000,
      })
      const own = SWARM_VIEWERS / crowd.swarmCpu
      const peerCpu = peer.cost.hold?.cpu ?? 0
      const theirs = K6_VIEWERS / peerCpu
      const { hold } = crowd.stage
      const seen = addViewerLines(peer.lines, peer.clockErrorMs, K6_VIEWERS).hold
      return [
        exact('frames lost, k6', seen.lost, 'frames', seen.frames),
        exact('frames lost, swarm', hold.lost, 'frames', hold.frames),
        perCore('viewers per core, k6', theirs, peerCpu),
        perCore('viewers per core, swarm', own, crowd.swarmCpu),
        {
          name: 'swarm over k6',
          value: own / theirs,
          unit: 'times',
          count: 2,
          bound: 'one reading of CPU each, ticks of 10 ms',
          goal: { operator: '>=', value: 10 },
        },
        {
          name: 'memory per viewer, k6',
          value: peer.cost.peakRssBytes / K6_VIEWERS / 1000,
          unit: 'kB',
          count: 1,
          bound: 'its peak, the whole process',
        },
      ]
    })
  },
}

function perCore(name: string, value: number, cpu: number): Figure {
  const bound = `${(cpu * 100).toFixed(0)} % of a core were used`
  return { name, value, unit: 'viewers', count: 1, bound }
}

const missing: Figure = {
  name: 'k6',
  value: 0,
  unit: 'runs',
  count: 0,
  bound: 'not measured: k6 is not installed',
}
