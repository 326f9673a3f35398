import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import type { Verdict } from '../../conformance/rule.ts'
import type { LatencyRecord, ScenarioRecord, SeriesRecord } from '../run-record.ts'
import { sampleCards } from './cards.ts'
import { seededRandom } from './random.ts'

const expectations: Record<string, [string, string]> = {
  'encoder.video-codec': ['H.264', 'H.264 Constrained Baseline, level 3.1'],
  'encoder.gop-length': ['key-frame interval 1.0–2.5 s', '2.00 s (5 intervals)'],
  'encoder.timestamps-monotonic': ['every DTS above the one before it', '300 of 300 frames'],
  'encoder.resolution-preferred': ['720p', '1280 × 720'],
  'encoder.frame-rate': ['25 or 30 fps, ± 1 %', '30.00 fps over 10.0 s'],
  'rtmp.client.handshake': ['version 3, C2 = S1', 'version 3, C2 = S1'],
  'rtmp.client.chunk-size': ['128–65,536 bytes', '4,096 bytes'],
  'h5live.init-first': ['ftyp + moov first', 'ftyp + moov, 1,312 bytes'],
  'h5live.timeline': ['steps equal durations ± 1 tick', '598 fragments, largest difference 0'],
  'h5live.join': ['first key frame within 100 ms', '11.2 ms'],
}

/** One verdict on each rule of the sample cards, all of them good. */
export function goodVerdicts(): Verdict[] {
  return Object.values(sampleCards).map(({ id, level }) => {
    const [expected = '', actual = ''] = expectations[id] ?? []
    return {
      rule: id,
      level,
      outcome: level === 'info' ? 'info' : 'pass',
      expected,
      actual,
      evidence: [],
    }
  })
}

/** 300 frames whose latency is `base` ms and a tail, from a seed. */
export function sampleLatency(path: string, base: number, seed: number, to: string): LatencyRecord {
  const random = seededRandom(seed)
  const histogram = build({ numberOfSignificantValueDigits: 3 })
  for (let frame = 0; frame < 300; frame++) {
    histogram.recordValue(Math.round(1000 * (base - Math.log(1 - random()) * base * 0.4)))
  }
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000
  return {
    path,
    from: 'composed',
    to,
    count: 300,
    lost: 0,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    max: histogram.maxValue / 1000,
    errorBoundMs: to === 'presented' ? 1.2 : 0.01,
    histogram: encodeIntoCompressedBase64(histogram),
  }
}

function sampleSeries(name: string, unit: string, base: number, seed: number): SeriesRecord {
  const random = seededRandom(seed)
  const points = Array.from({ length: 300 }, (_, i): [number, number] => [
    Math.round(i * 33.333),
    Number((base * (0.8 + 0.4 * random())).toFixed(3)),
  ])
  return { name, unit, points }
}

export function sampleScenario(part: Partial<ScenarioRecord> & { title: string }): ScenarioRecord {
  const seed = part.title.length
  return {
    id: `scenarios/${part.suite ?? 'smoke'}/${slug(part.title)}.ts`,
    suite: 'smoke',
    file: `scenarios/${part.suite ?? 'smoke'}/${slug(part.title)}.ts`,
    status: 'pass',
    durationMs: 10_400 + 37 * seed,
    profile: 'obs-29',
    protocol: 'rtmp',
    verdicts: goodVerdicts(),
    latency: [
      sampleLatency('h5live viewer', 2.4, seed, 'received'),
      sampleLatency('h5live in Chromium', 58, seed + 1, 'presented'),
    ],
    startup: [
      {
        viewer: 'h5live viewer',
        stages: [
          { name: 'connect', ms: 1.9 },
          { name: 'stream info', ms: 3.4 },
          { name: 'init segment', ms: 0.8 },
          { name: 'first key frame', ms: 5.1 },
        ],
      },
    ],
    series: [
      sampleSeries('delivery latency', 'ms', 2.6, seed + 2),
      sampleSeries('video bitrate', 'kbit/s', 1010, seed + 3),
    ],
    artifacts: [],
    ...part,
  }
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
}
