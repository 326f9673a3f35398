import { setTimeout as delay } from 'node:timers/promises'
import type { Encoder } from '../encoders/encoder.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import { readProcessStat } from '../measure/process-stat.ts'
import type { Benchmark } from './benchmark.ts'
import { SRT_LOST_METHOD, srtPacketsLost } from './srt-lost.ts'
import { withReference } from './with-reference.ts'

const CALLERS = 200
/** Handshakes at a time, so that none has to be repeated. */
const AT_ONCE = 20
const SETTLE_MS = 1_500

/** What simulated callers cost: the harness must not be what a test of many streams measures. */
export const srtCallers: Benchmark = {
  id: 'srt-callers',
  title: `${CALLERS} simulated SRT callers`,
  method:
    'All callers in one process, the reference in another; the clip 360p30 in a transport stream. ' +
    `CPU of the process of the callers, over all of its threads. ${SRT_LOST_METHOD}`,
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const streams = []
      for (let i = 0; i < CALLERS; i++) streams.push(await bench.createStream())
      const encoders: Encoder[] = []
      bench.atClose(() => Promise.all(encoders.map((encoder) => encoder.stop())))
      for (let i = 0; i < CALLERS; i += AT_ONCE) {
        const some = streams.slice(i, i + AT_ONCE).map(({ name, ingest }) =>
          startEncoder({
            profile: 'obs-29',
            to: { url: ingest.srt ?? '', streamName: name },
            clipOverride: { video: '360p30' },
            signal,
          }),
        )
        encoders.push(...(await Promise.all(some)))
      }
      await delay(SETTLE_MS, undefined, { signal })
      const sum = (what: 'bytesSent' | 'lateSends' | 'framesSent') =>
        encoders.reduce((total, { stats }) => total + stats[what], 0)
      const before = { at: await cpuMs(), bytes: sum('bytesSent'), late: sum('lateSends') }
      const framesBefore = sum('framesSent')
      await delay(seconds * 1000, undefined, { signal })
      const cpu = ((await cpuMs()) - before.at) / seconds / 10
      const late = sum('lateSends') - before.late
      const frames = sum('framesSent') - framesBefore
      const rate = ((sum('bytesSent') - before.bytes) * 8) / seconds / CALLERS / 1e3
      await Promise.all(encoders.map((encoder) => encoder.stop()))
      return [
        {
          name: 'CPU of all callers',
          value: cpu,
          unit: '% of a core',
          count: CALLERS,
          bound: `${(cpu / CALLERS).toFixed(2)} % a caller; ticks of 10 ms`,
          goal: { operator: '<=', value: 100 },
        },
        ...(await srtPacketsLost(bench, streams)),
        { name: 'frames sent late', value: late, unit: 'frames', count: frames, bound: 'exact' },
        {
          name: 'rate of each caller',
          value: rate,
          unit: 'kbit/s',
          count: CALLERS,
          bound: 'mean',
        },
      ]
    }),
}

async function cpuMs(): Promise<number> {
  return (await readProcessStat('self'))?.cpuMs ?? Number.NaN
}
