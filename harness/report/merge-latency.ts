import { UsageError } from '../errors.ts'
import { Histogram } from '../measure/histogram.ts'
import type { LatencyRecord } from './run-record.ts'

/**
 * One path that was measured in several runs: samples are put together and the percentiles taken
 * anew, because percentiles cannot be merged.
 * @throws UsageError `LP_MERGE_HISTOGRAM` where one of them carries no samples
 */
export function mergeLatency(first: LatencyRecord, ...others: LatencyRecord[]): LatencyRecord {
  if (others.length === 0) return first
  const all = [first, ...others]
  const merged = new Histogram()
  for (const { path, histogram, errorBoundMs, count } of all) {
    if (count === 0) continue
    if (histogram === undefined)
      throw new UsageError(
        'LP_MERGE_HISTOGRAM',
        `the latency of ${path} has no histogram in one of the runs: it cannot be merged`,
      )
    merged.merge(Histogram.decode(histogram, errorBoundMs))
  }
  const { buckets: _, ...rest } = first
  const { p50, p95, p99 } = merged.figures()
  // The largest sample is known exactly; a histogram has it to 0.1 %.
  const max = Math.max(...all.map((latency) => latency.max))
  return {
    ...rest,
    count: sum(all.map(({ count }) => count)),
    lost: sum(all.map(({ lost }) => lost)),
    p50: Math.min(p50, max),
    p95: Math.min(p95, max),
    p99: Math.min(p99, max),
    max,
    errorBoundMs: Math.max(...all.map(({ errorBoundMs }) => errorBoundMs)),
    histogram: merged.encode(),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
