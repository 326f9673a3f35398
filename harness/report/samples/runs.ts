import {
  type LinkRecord,
  type RunRecord,
  runRecordSchema,
  type ScenarioRecord,
} from '../run-record.ts'
import { summarise } from '../summarise.ts'
import { sampleCards } from './cards.ts'
import { goodVerdicts, sampleScenario } from './scenario.ts'

type Parts = Partial<Pick<RunRecord, 'health' | 'scenarios' | 'rules'>> & {
  run?: Partial<RunRecord['run']>
}

export function sampleRun({ run, ...parts }: Parts = {}): RunRecord {
  const record = {
    schema: runRecordSchema,
    run: {
      id: '20260112-093015-7c1e',
      startedAt: '2026-01-12T09:30:15.120Z',
      finishedAt: '2026-01-12T09:31:02.410Z',
      durationMs: 47_290,
      complete: true,
      seed: 42,
      command: 'liveproof run smoke',
      target: { name: 'reference', kind: 'reference', api: 'http://127.0.0.1:41873' },
      host: {
        os: 'Debian GNU/Linux 12 (bookworm)',
        kernel: 'Linux 6.1.0-18-amd64',
        cpu: 'AMD EPYC 7B13',
        cores: 2,
        memoryMb: 7954,
        node: 'v26.1.0',
      },
      tool: { name: 'liveproof', version: '0.1.0', commit: '1f0c9aa' },
      versions: {
        ffmpeg: 'ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024 the FFmpeg developers',
        chromium: 'Chromium 131.0.6778.204 built on Debian 12.8',
      },
      ...run,
    },
    health: {
      status: 'healthy',
      causes: [],
      figures: [
        { name: 'event-loop delay p99', value: 11.8, unit: 'ms', limit: 50 },
        { name: 'frames sent late', value: 0, unit: 'share', limit: 0.01 },
        { name: 'harness CPU', value: 0.31, unit: 'share', limit: 0.9 },
        { name: 'harness memory', value: 217_000_000, unit: 'bytes', limit: 2 ** 31 },
        { name: 'target CPU', value: 0.212, unit: 'share' },
      ],
    },
    scenarios: [],
    rules: sampleCards,
    ...parts,
  } satisfies Omit<RunRecord, 'summary'>
  return { ...record, summary: summarise(record) }
}

const goodTitles = [
  'OBS over RTMP reaches an H5Live viewer within a second',
  'ffmpeg over RTMP reaches an H5Live viewer within a second',
  'a late viewer sees the cached group of pictures at once',
  'the player page plays in Chromium without a decode error',
  'a stopped stream tells its viewers and closes cleanly',
]

export function passingRun(): RunRecord {
  return sampleRun({ scenarios: goodTitles.map((title) => sampleScenario({ title })) })
}

const gopBroken: Partial<ScenarioRecord> = {
  status: 'warn',
  profile: 'bad/gop-8s',
  verdicts: goodVerdicts().map((verdict) =>
    verdict.rule === 'encoder.gop-length'
      ? {
          ...verdict,
          outcome: 'warn',
          actual: '4.00 s (3 intervals)',
          evidence: [
            { note: 'key frame', at: 0, frame: 0 },
            { note: 'next key frame 4.00 s later', at: 4000, frame: 120 },
          ],
        }
      : verdict,
  ),
}

const timelineBroken: Partial<ScenarioRecord> = {
  status: 'fail',
  suite: 'delivery',
  error: { code: 'LP_VIEWER_TIMEOUT', message: 'no frame for 5 s after frame 150' },
  verdicts: goodVerdicts().map((verdict) =>
    verdict.rule === 'h5live.timeline'
      ? {
          ...verdict,
          outcome: 'fail',
          actual: 'a gap of 9,000 ticks (100.0 ms) in the video track',
          evidence: [
            {
              note: 'tfdt 1,359,000 where 1,350,000 was due',
              at: 5012.4,
              frame: 150,
              bytes: '00000014746664740100000000000000000014bc98',
            },
          ],
        }
      : verdict.rule === 'h5live.join'
        ? { ...verdict, outcome: 'fail', actual: '1,984.0 ms', evidence: [] }
        : verdict,
  ),
}

export function failingRun(): RunRecord {
  return sampleRun({
    run: { command: 'liveproof run smoke delivery --seed 42' },
    scenarios: [
      ...goodTitles.map((title) => sampleScenario({ title })),
      sampleScenario({ title: 'a viewer sees a timeline without gaps', ...timelineBroken }),
      sampleScenario({ title: 'an encoder with a long group of pictures is warned', ...gopBroken }),
      sampleScenario({
        title: 'viewers are sent to the nearest location',
        suite: 'cdn',
        status: 'skipped',
        durationMs: 0,
        reason: 'the target has one location only',
        verdicts: [],
        latency: [],
        startup: [],
        series: [],
      }),
      sampleScenario({
        title: 'a hundred viewers of one stream lose no frame',
        suite: 'delivery',
        status: 'invalid',
        reason: 'event-loop delay p99 was 212 ms (limit 50 ms) while it ran',
        link: 'lte',
      }),
    ],
  })
}

export function interruptedRun(): RunRecord {
  return sampleRun({
    run: { complete: false, interrupted: { cause: 'signal', detail: 'SIGINT' } },
    scenarios: goodTitles.slice(0, 2).map((title) => sampleScenario({ title })),
  })
}

export function crashedRun(): RunRecord {
  const detail = 'reference ended with signal SIGSEGV'
  return sampleRun({
    run: { complete: false, interrupted: { cause: 'target-crashed', detail } },
    scenarios: goodTitles.slice(0, 2).map((title) => sampleScenario({ title })),
  })
}

export function invalidRun(): RunRecord {
  const cause = 'event-loop delay p99 was 412 ms, past its limit of 50 ms'
  return sampleRun({
    health: {
      status: 'invalid',
      causes: [cause],
      figures: [{ name: 'event-loop delay p99', value: 412, unit: 'ms', limit: 50 }],
    },
    scenarios: goodTitles.map((title) =>
      sampleScenario({ title, status: 'invalid', reason: cause }),
    ),
  })
}

export function emptyRun(): RunRecord {
  return sampleRun({ rules: {} })
}

export function largeRun(): RunRecord {
  const suites = ['api', 'ingest', 'encoders', 'delivery']
  const scenarios = Array.from({ length: 200 }, (_, i) => {
    const suite = suites[i % suites.length] ?? 'api'
    const title = `case ${i + 1} of the ${suite} suite keeps its promise`
    const breach = i % 23 === 7 ? timelineBroken : i % 17 === 3 ? gopBroken : {}
    return sampleScenario({ title, ...breach, suite })
  })
  return sampleRun({ scenarios })
}

function hostileLink(text: string, named: string): LinkRecord {
  const direction = {
    offered: 1,
    offeredBytes: 1,
    delivered: 0,
    deliveredBytes: 0,
    duplicated: 0,
    corrupted: 0,
    reordered: 0,
    dropped: { [named]: 1 },
    delay: { count: 0, p50: 0, p95: 0, p99: 0, max: 0 },
    maxQueueBytes: 0,
  }
  return {
    name: named,
    preset: text,
    seed: 1,
    protocol: 'tcp',
    role: 'both',
    from: 0,
    to: 1_000,
    state: { up: text, down: named },
    up: direction,
    down: direction,
    bands: [{ from: 0, to: 900, way: 'up', kind: 'other', label: text, origin: 'link' }],
  }
}

/** `text` wherever a target, a device or a stream name can put its own words. */
export function hostileRun(text: string): RunRecord {
  const named = text === '' ? 'empty' : text
  return sampleRun({
    run: {
      command: text,
      target: { name: text, kind: 'remote', api: text },
      interrupted: { cause: 'target-crashed', detail: text },
      versions: { [named]: text },
    },
    health: {
      status: 'healthy',
      causes: [text],
      figures: [{ name: text, value: 1, unit: text }],
    },
    rules: {
      [named]: {
        id: named,
        title: text,
        level: 'must',
        source: { document: text, clause: text },
        advice: text,
      },
    },
    scenarios: [
      sampleScenario({
        id: named,
        suite: named,
        title: named,
        file: text,
        profile: text,
        protocol: text,
        link: text,
        status: 'fail',
        reason: text,
        error: { code: text, message: text },
        verdicts: [
          {
            rule: named,
            level: 'must',
            outcome: 'fail',
            expected: text,
            actual: text,
            evidence: [{ note: text, bytes: text.slice(0, 128) }],
          },
        ],
        startup: [{ viewer: named, stages: [{ name: text, ms: 1 }] }],
        series: [
          { name: named, unit: text, points: [[0, 1]] },
          { name: named, unit: text, kind: 'latency', of: text, points: [[0, 1]] },
        ],
        links: [hostileLink(text, named)],
        marks: [
          { at: 1, kind: 'end', label: text, of: text },
          { at: 1, until: 900, kind: 'stall', label: text, of: named },
        ],
        artifacts: [{ name: named, path: text, kind: text }],
      }),
    ],
  })
}
