import type { Verdict } from '../conformance/rule.ts'
import { UsageError } from '../errors.ts'
import { Histogram } from '../measure/histogram.ts'
import { evaluateThreshold, parseThreshold } from '../measure/thresholds.ts'
import { mergeLatency } from './merge-latency.ts'
import type { LatencyRecord, ScenarioRecord } from './run-record.ts'
import { scenarioStatus } from './summarise.ts'

const THRESHOLD = 'threshold'
const THRESHOLD_TEXT = /^delivery latency (.+)$/

/**
 * One scenario that ran on several machines: all that was seen, with its latencies merged by path,
 * and thresholds held against the merged latency where there is only one.
 * @throws UsageError `LP_MERGE_HISTOGRAM` | `LP_MERGE_LOAD`
 */
export function mergeScenario(parts: readonly ScenarioRecord[]): ScenarioRecord {
  const [first] = parts as [ScenarioRecord, ...ScenarioRecord[]]
  if (parts.length === 1) return first
  if (parts.some(({ load }) => load !== undefined))
    throw new UsageError('LP_MERGE_LOAD', `${first.id}: a load curve belongs to one machine`)
  const latency = mergedLatencies(parts)
  const verdicts = rejudged(
    parts.flatMap((part) => part.verdicts),
    latency,
  )
  const ran = parts.filter(({ status }) => status !== 'skipped')
  const unwell = ran.find(({ status }) => status === 'invalid')
  const error = ran.find((part) => part.error)?.error
  const claimed = unwell ? 'invalid' : ran.length === 0 ? 'skipped' : undefined
  const reason = (unwell ?? parts.find((part) => part.reason))?.reason
  const status = scenarioStatus({ verdicts, error, ...(claimed ? { claimed } : {}) })
  return {
    ...first,
    status,
    durationMs: Math.max(...parts.map(({ durationMs }) => durationMs)),
    ...(error ? { error } : {}),
    ...(reason && status !== 'pass' ? { reason } : {}),
    verdicts,
    latency,
    startup: parts.flatMap(({ startup }) => startup),
    series: parts.flatMap(({ series }) => series),
    links: parts.flatMap(({ links }) => links ?? []),
    marks: parts.flatMap(({ marks }) => marks ?? []).sort((a, b) => a.at - b.at),
    artifacts: parts.flatMap(({ artifacts }) => artifacts),
  }
}

function mergedLatencies(parts: readonly ScenarioRecord[]): LatencyRecord[] {
  const paths = Map.groupBy(
    parts.flatMap(({ latency }) => latency),
    ({ path, from, to, protocol }) => JSON.stringify([path, from, to, protocol]),
  )
  return [...paths.values()].map(([first, ...others]) => mergeLatency(first!, ...others))
}

/** A threshold that each part kept may be broken by all of them together, and the other way round. */
function rejudged(verdicts: readonly Verdict[], latencies: readonly LatencyRecord[]): Verdict[] {
  const [latency] = latencies
  if (latencies.length !== 1 || !latency?.histogram) return [...verdicts]
  const samples = Histogram.decode(latency.histogram, latency.errorBoundMs)
  const seen = new Set<string>()
  return verdicts.flatMap((verdict) => {
    const text = verdict.rule === THRESHOLD && THRESHOLD_TEXT.exec(verdict.expected)?.[1]
    if (!text) return [verdict]
    if (seen.has(text)) return []
    seen.add(text)
    const { result, observed } = evaluateThreshold(parseThreshold(text), samples)
    const actual = `${observed?.toFixed(2) ?? '–'} ms (${samples.count} frames of all machines)`
    return [{ ...verdict, outcome: result === 'holds' ? 'pass' : 'fail', actual }]
  })
}
