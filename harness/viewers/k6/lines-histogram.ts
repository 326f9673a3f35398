import { Histogram } from '../../measure/histogram.ts'
import { middleOf } from './script/buckets.ts'

/**
 * Histogram of what the script counted, ms: right to 0.2 %, half of it the script's buckets.
 * @param buckets pairs of bucket and count, of any number of viewers
 * @param errorMs how far the mapping of the clocks may be off
 */
export function histogramOf(
  buckets: readonly (readonly [number, number])[],
  errorMs: number,
): Histogram {
  const all = new Histogram(errorMs)
  for (const [bucket, count] of buckets)
    for (let n = 0; n < count; n++) all.record(middleOf(bucket) / 1000)
  return all
}
