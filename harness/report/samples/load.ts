import type { LoadRecord, RunRecord } from '../run-record.ts'
import { sampleRun } from './runs.ts'
import { goodVerdicts, sampleLatency, sampleScenario } from './scenario.ts'

type Stage = LoadRecord['stages'][number]

function stage(viewers: number, p99: number, part: Partial<Stage> = {}): Stage {
  return {
    viewers,
    playing: viewers,
    seconds: 20,
    outcome: 'within',
    reasons: [],
    frames: viewers * 600,
    lost: 0,
    p50: p99 / 4,
    p99,
    max: p99 * 1.6,
    stalledShare: 0,
    mbps: viewers * 1.1,
    firstPictureP99: p99 * 0.7,
    target: { cpu: viewers / 4200, rssBytes: 110_000_000 + viewers * 6_000 },
    harness: { cpu: viewers / 3900, rssBytes: 250_000_000 + viewers * 12_000 },
    ...part,
  }
}

/** A search for the knee that found it. */
export function loadRun(): RunRecord {
  const over = ['p99 latency 912 ms', 'stalled for 3.1 % of the time, 41 times']
  const load: LoadRecord = {
    engine: 'swarm',
    budget: 'lost frames ≤ 0, p99 latency ≤ 500 ms, stalled ≤ 1 % of the time, every viewer served',
    capacity: {
      viewers: 3_000,
      bound: 'knee',
      next: 4_000,
      limitedBy: over,
      sentence: `3000 viewers within the budget, over it at 4000: ${over.join('; ')}`,
    },
    stages: [
      stage(1_000, 12),
      stage(2_000, 41),
      stage(3_000, 166),
      stage(4_000, 912, { outcome: 'over', reasons: over, lost: 3, stalledShare: 0.031 }),
    ],
  }
  return sampleRun({
    run: { command: 'liveproof load --viewers 4000 --steps 4' },
    scenarios: [
      sampleScenario({
        title: '4000 viewers, in 4 steps',
        suite: 'load',
        verdicts: goodVerdicts(),
        latency: [sampleLatency('3000 viewers', 41, 3, 'received')],
        load,
      }),
    ],
  })
}
