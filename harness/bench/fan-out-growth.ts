import type { Benchmark, Chart, Figure } from './benchmark.ts'
import { h5live } from './many-viewers.ts'
import { measureCrowd } from './measure-crowd.ts'
import { withReference } from './with-reference.ts'

const BASE = { viewers: 300, streams: 1, video: '720p30' }

interface Case {
  readonly label: string
  readonly viewers: number
  readonly streams: number
  readonly video: string
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
    cases: ['360p30', '480p30', '720p30', '360p60'].map((video) => ({
      ...BASE,
      video,
      label: video,
    })),
  },
]

export const fanOutGrowth: Benchmark = {
  id: 'fan-out-growth',
  title: 'How the cost of H5Live delivery grows',
  method:
    'Cores that the reference and the swarm used (CPU time over elapsed time), with one thing changed ' +
    'at a time. Each point is a fresh reference.',
  async run({ seconds, signal, chart }) {
    const figures: Figure[] = []
    for (const { name, axis, cases } of SERIES) {
      const points: Point[] = []
      for (const one of cases) points.push(await measure(one, seconds, signal))
      if (name === 'bit rate') points.sort((a, b) => a.mbps - b.mbps)
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
      await bench.publish(stream, { video: one.video })
      urls.push(...h5live(stream).urls)
    }
    const kind = { name: 'H5Live', format: 'h5live', weight: 1, urls } as const
    const { stage, serverCpu, swarmCpu } = await measureCrowd(bench, [kind], {
      viewers: one.viewers,
      rampMs: Math.max(2_000, one.viewers * 4),
      holdMs: seconds * 1000,
    })
    const mbps = (stage.hold.bytes * 8) / (stage.to - stage.from) / 1000 / one.viewers
    const label = one.video === BASE.video ? one.label : mbps.toFixed(2)
    return { label, server: serverCpu, swarm: swarmCpu, mbps }
  })
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
