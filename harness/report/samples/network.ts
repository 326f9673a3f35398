import type {
  BandRecord,
  LinkRecord,
  MarkRecord,
  RunRecord,
  ScenarioRecord,
} from '../run-record.ts'
import { seededRandom } from './random.ts'
import { sampleRun } from './runs.ts'
import { goodVerdicts, sampleLatency, sampleScenario } from './scenario.ts'

const SECONDS = 24
const DARK: BandRecord = {
  from: 8_000,
  to: 10_000,
  way: 'both',
  kind: 'blackout',
  label: 'blackout',
  origin: 'scenario',
}

function sampleLink(part: Partial<LinkRecord> = {}): LinkRecord {
  const direction = {
    offered: 3_120,
    offeredBytes: 3_640_000,
    delivered: 2_987,
    deliveredBytes: 3_498_000,
    duplicated: 0,
    corrupted: 0,
    reordered: 12,
    dropped: { blackout: 121, loss: 12 },
    delay: { count: 2_987, p50: 31.2, p95: 48.9, p99: 66.1, max: 132 },
    maxQueueBytes: 18_400,
  }
  return {
    name: 'lte',
    preset: 'lte',
    seed: 42,
    protocol: 'tcp',
    role: 'ingest',
    from: 40,
    to: SECONDS * 1000,
    state: { up: '12 Mbit/s, 25 ms, jitter', down: '40 Mbit/s, 25 ms, jitter' },
    up: direction,
    down: { ...direction, dropped: {}, maxQueueBytes: 0 },
    bands: [DARK],
    ...part,
  }
}

interface Story {
  readonly title: string
  readonly protocol: string
  readonly viewer: string
  /** ms; when frames came again, and when they were as early as before. */
  readonly backAt: number
  readonly steadyAt: number
  readonly lost: number
  readonly link?: Partial<LinkRecord>
}

/** A scenario of 24 s on LTE with a blackout of two seconds in it. */
function blackoutScenario(story: Story): ScenarioRecord {
  const { title, protocol, viewer, backAt, steadyAt, lost } = story
  const random = seededRandom(title.length)
  const frames = Array.from({ length: SECONDS * 25 }, (_, i) => 400 + i * 40).filter(
    (at) => at < SECONDS * 1000 && (at < DARK.from || at >= backAt),
  )
  const behind = (at: number) =>
    at < backAt || at >= steadyAt
      ? 0
      : (backAt - DARK.from) * ((steadyAt - at) / (steadyAt - backAt))
  const rate = (kbps: (at: number) => number) =>
    Array.from({ length: SECONDS * 2 - 2 }, (_, i): [number, number] => {
      const at = 750 + i * 500
      return [at, Math.round(kbps(at) * (0.9 + 0.2 * random()))]
    })
  const dark = (at: number) => at >= DARK.from && at < backAt
  const catchingUp = (at: number) => (at >= backAt && at < steadyAt ? 2_100 : 1_050)
  const encoder = 'encoder 1, obs-29'
  const marks: MarkRecord[] = [
    {
      at: DARK.from,
      until: backAt,
      kind: 'stall',
      label: `no frame for ${((backAt - DARK.from) / 1000).toFixed(1)} s`,
      of: viewer,
    },
    { at: backAt - 300, kind: 'reconnect', label: 'publishes again', of: encoder },
    { at: backAt, kind: 'discontinuity', label: 'discontinuity: republished', of: viewer },
  ]
  return sampleScenario({
    title,
    suite: 'network',
    protocol,
    link: 'lte',
    durationMs: SECONDS * 1000,
    verdicts: goodVerdicts(),
    latency: [{ ...sampleLatency(viewer, 90, title.length, 'received'), lost }],
    series: [
      {
        name: `latency, ${viewer}`,
        unit: 'ms',
        kind: 'latency',
        of: viewer,
        points: frames.map((at) => [at, Math.round(60 + 50 * random() ** 3 + behind(at))]),
      },
      {
        name: `sent by ${encoder}`,
        unit: 'kbit/s',
        kind: 'sent',
        of: encoder,
        points: rate((at) => (at > DARK.from + 500 && dark(at) ? 0 : catchingUp(at))),
      },
      {
        name: `received by ${viewer}`,
        unit: 'kbit/s',
        kind: 'received',
        of: viewer,
        points: rate((at) => (dark(at) ? 0 : catchingUp(at))),
      },
      {
        name: 'queue of lte, up',
        unit: 'bytes',
        kind: 'queue',
        of: 'lte',
        points: rate((at) => (dark(at) ? 18_000 : 600)),
      },
    ],
    links: [sampleLink(story.link)],
    marks,
  })
}

/** The same blackout for two protocols, and for a third scenario under another seed. */
export function networkRun(): RunRecord {
  const common = { viewer: 'H5Live', backAt: 11_400, steadyAt: 13_000, lost: 31 }
  return sampleRun({
    run: { command: 'liveproof run network --seed 42' },
    scenarios: [
      blackoutScenario({
        ...common,
        title: 'after the uplink was dark for 2 s the picture returns over RTMP',
        protocol: 'rtmp',
      }),
      blackoutScenario({
        ...common,
        title: 'after the uplink was dark for 2 s the picture returns over SRT',
        protocol: 'srt',
        backAt: 10_300,
        steadyAt: 10_400,
        lost: 52,
        link: { protocol: 'udp', bands: [{ ...DARK, to: 10_004 }] },
      }),
      blackoutScenario({
        ...common,
        title: 'the same under another seed stands alone',
        protocol: 'rtmp',
        link: { seed: 43 },
      }),
    ],
  })
}
