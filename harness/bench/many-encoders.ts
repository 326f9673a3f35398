import { setTimeout as delay } from 'node:timers/promises'
import type { IngestRecord } from '../conformance/ingest-record.ts'
import { ingestSessions } from '../conformance/ingest-sessions.ts'
import type { Benchmark } from './benchmark.ts'
import { withReference } from './with-reference.ts'

const ENCODERS = 100
const TICKS_PER_MS = 90

export const manyEncoders: Benchmark = {
  id: 'many-encoders',
  title: `${ENCODERS} simulated RTMP encoders at 1 Mbit/s`,
  method:
    'All encoders in one process, the reference in another. A frame is lost when an encoder sent ' +
    'it and the ingest record does not have it; pace is stream time over arrival time of the ' +
    'video frames of each session.',
  async run({ seconds, signal }) {
    return withReference(signal, async (bench) => {
      const streams = []
      for (let i = 0; i < ENCODERS; i++) streams.push(await bench.createStream())
      const encoders = await Promise.all(
        streams.map((stream) => bench.publish(stream, { video: '720p30' })),
      )
      const cpuBefore = (await bench.process()).cpuMs
      await delay(seconds * 1000, undefined, { signal })
      const { cpuMs, rssBytes } = await bench.process()
      await Promise.all(encoders.map((encoder) => encoder.stop()))

      let lost = 0
      let frames = 0
      const paces: number[] = []
      for (const [index, { name }] of streams.entries()) {
        const [session] = (await ingestSessions(bench.target, signal, name)) ?? []
        if (!session) throw new Error(`no ingest record of ${name}`)
        frames += session.frames.track.length
        lost += encoders[index]!.stats.framesSent - session.frames.track.length
        paces.push(pace(session))
      }
      const late = encoders.reduce((sum, { stats }) => sum + stats.lateSends, 0)
      return [
        {
          name: 'frames lost',
          value: lost,
          unit: 'frames',
          count: frames,
          bound: 'exact',
          goal: { operator: '==', value: 0 },
        },
        {
          name: 'worst deviation from real time',
          value: Math.max(...paces.map((value) => Math.abs(value - 1))) * 100,
          unit: '%',
          count: ENCODERS,
          bound: `over ${seconds} s, so one frame is ${(3.33 / seconds).toFixed(2)} %`,
          goal: { operator: '<=', value: 1 },
        },
        {
          name: 'reference memory',
          value: rssBytes / 1e6,
          unit: 'MB',
          count: 1,
          bound: 'one reading; resident memory, garbage included',
          goal: { operator: '<=', value: 250 },
        },
        {
          name: 'reference CPU',
          value: (cpuMs - cpuBefore) / seconds / 10,
          unit: '% of a core',
          count: 1,
          bound: 'one reading',
        },
        { name: 'frames sent late', value: late, unit: 'frames', count: frames, bound: 'exact' },
      ]
    })
  },
}

/** Stream time over arrival time, between the first and the last video frame. */
function pace({ frames }: IngestRecord): number {
  const first = frames.track.indexOf(0)
  const last = frames.track.lastIndexOf(0)
  const streamMs = (frames.dts[last]! - frames.dts[first]!) / TICKS_PER_MS
  return streamMs / (frames.at[last]! - frames.at[first]!)
}
