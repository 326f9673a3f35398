import exec from 'k6/execution'
import type { Options } from 'k6/options'
import { callApi } from './api.ts'
import { watchH5live } from './h5live.ts'
import { watchHls } from './hls.ts'
import { inRamp } from './part.ts'
import { readPlan } from './plan.ts'

/**
 * liveproof's load as a k6 script. The environment says what to load and how much of it (plan.ts);
 * `LOAD_FORMAT` is `h5live`, `ll-hls` or `api`; `LOAD_THRESHOLDS` a JSON object in k6's own form.
 */
const plan = readPlan(__ENV)
const formats = { h5live: watchH5live, 'll-hls': watchHls, api: callApi }
const format = (__ENV['LOAD_FORMAT'] ?? 'h5live') as keyof typeof formats
if (!formats[format]) throw new Error(`LOAD_FORMAT must be h5live, ll-hls or api, not ${format}`)

/** A viewer may need this much longer than planned to connect and to close, s. */
const MARGIN_S = 30

export const options: Options = {
  scenarios: {
    viewers: {
      executor: 'per-vu-iterations',
      vus: plan.viewers,
      iterations: 1,
      maxDuration: `${Math.ceil(plan.rampSeconds + plan.holdSeconds + MARGIN_S)}s`,
      tags: { format },
    },
  },
  thresholds: JSON.parse(__ENV['LOAD_THRESHOLDS'] ?? '{}'),
  summaryTrendStats: ['count', 'min', 'med', 'p(95)', 'p(99)', 'max'],
}

export default async function (): Promise<void> {
  inRamp()
  await formats[format](plan, { viewer: exec.vu.idInTest, startMs: exec.scenario.startTime })
}

/** Thresholds and metrics for the harness, in the file that it named; k6's own text otherwise. */
export function handleSummary(data: unknown): Record<string, string> {
  const file = __ENV['LOAD_SUMMARY']
  return file ? { [file]: JSON.stringify(data) } : {}
}
