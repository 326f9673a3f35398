import { loadProfile } from '../encoders/load-profile.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import type { TargetStream } from '../targets/target.ts'
import type { Benchmark, Chart, Figure } from './benchmark.ts'
import { h5live } from './many-viewers.ts'
import { measureCrowd } from './measure-crowd.ts'
import { type BenchWorkbench, withReference } from './with-reference.ts'

const BASE = { viewers: 300, streams: 1, fillerKbps: 0 }
const CLIP = '720p30'
const FRAME_RATE = 30

interface Case {
  readonly label: string
  readonly viewers: number
  readonly streams: number
  /** Added to the clip's 1 Mbit/s. */
  readonly fillerKbps: number
}

interface Point {
  readonly label: string
  readonly server: number
  readonly swarm: number
  readonly mbps: number
}

/** How cost grows with viewers, streams and bit rate, one at a time. */
const SERIES: readonly { name: string; axis: string; cases: readonly Case[] }[] = [
  {
    name: 'viewers',
    axis: 'viewers of one stream, 1 Mbit/s each',
    cases: [100, 250, 500, 1_000, 1_500].map((viewers) => ({
      ...BASE,
      viewers,
      label: String(viewers),
    })),
  },
  {
    name: 'streams',
    axis: 'streams, 300 viewers in all',
    cases: [1, 10, 25, 50].map((streams) => ({ ...BASE, streams, label: String(streams) })),
  },
  {
    name: 'bit rate',
    axis: 'Mbit/s of each of 300 viewers',
    cases: [0, 1_000, 3_000, 5_000].map((fillerKbps) => ({
      ...BASE,
      fillerKbps,
      label: `1 + ${fillerKbps / 1000}`,
    })),
  },
]

export const fanOutGrowth: Benchmark = {
  id: 'fan-out-growth',
  title: 'How the cost of H5Live delivery grows',
  method:
    'Cores that the reference and the swarm used (CPU time over the time of the media that came), with one thing changed ' +
    'at a time. Each point is a fresh reference.',
  async run({ seconds, signal, chart }) {
    const figures: Figure[] = []
    for (const { name, axis, cases } of SERIES) {
      const points: Point[] = []
      for (const one of cases) points.push(await measure(one, seconds, signal))
      figures.push(...points.flatMap((point, i) => figuresOf(name, point, cases[i]!)))
      chart?.(chartOf(name, axis, points))
    }
    return figures
  },
}

async function measure(one: Case, seconds: number, signal: AbortSignal): Promise<Point> {
  return withReference(signal, async (bench) => {
    const urls: string[] = []
    for (let i = 0; i < one.streams; i++) {
      const stream = await bench.createStream()
      await publish(bench, stream, one.fillerKbps)
      urls.push(...h5live(stream).urls)
    }
    const kind = { name: 'H5Live', format: 'h5live', weight: 1, urls } as const
    const { stage, serverCpu, swarmCpu } = await measureCrowd(bench, [kind], {
      viewers: one.viewers,
      rampMs: Math.max(2_000, one.viewers * 4),
      holdMs: seconds * 1000,
    })
    // By the media that came, so that an encoder that fell behind does not make delivery cheap.
    const mediaS = stage.hold.frames / one.viewers / FRAME_RATE
    const perMedia = (stage.to - stage.from) / 1000 / mediaS
    const mbps = (stage.hold.bytes * 8) / one.viewers / mediaS / 1e6
    return { label: one.label, server: serverCpu * perMedia, swarm: swarmCpu * perMedia, mbps }
  })
}

async function publish(
  bench: BenchWorkbench,
  stream: TargetStream,
  fillerKbps: number,
): Promise<void> {
  if (fillerKbps === 0) {
    await bench.publish(stream, { video: CLIP })
    return
  }
  const profile = loadProfile('obs-29')
  const misbehaviours = [{ kind: 'filler', kbps: fillerKbps } as const]
  const encoder = await startEncoder({
    profile: {
      ...profile,
      media: { ...profile.media, video: CLIP },
      behaviour: { ...profile.behaviour, misbehaviours },
    },
    to: { url: stream.ingest.rtmp, streamName: stream.name },
    signal: bench.signal,
  })
  bench.atClose(() => encoder.stop())
}

function figuresOf(
  name: string,
  { label, server, swarm, mbps }: Point,
  { viewers }: Case,
): Figure[] {
  const bound = `${mbps.toFixed(2)} Mbit/s each; swarm ${(swarm * 100).toFixed(0)} % of a core`
  return [
    {
      name: `${name} ${label}: server`,
      value: server * 100,
      unit: '% of a core',
      count: viewers,
      bound,
    },
  ]
}

function chartOf(name: string, axis: string, points: readonly Point[]): Chart {
  return {
    file: `fan-out-by-${name.replace(' ', '-')}.svg`,
    title: `Cores used, by ${name}`,
    xLabel: axis,
    yLabel: 'cores',
    x: points.map(({ label, mbps }) => (name === 'bit rate' ? mbps : Number(label))),
    lines: [
      { name: 'reference', y: points.map(({ server }) => server) },
      { name: 'swarm', y: points.map(({ swarm }) => swarm) },
    ],
  }
}
