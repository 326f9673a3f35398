import { z } from 'zod'
import { Histogram } from '../../measure/histogram.ts'
import { middleOf } from './script/buckets.ts'

/** What a bucket of the script can hide of a value: half of 1/512. */
const BUCKET_ERROR = 1 / 1024

const line = z.object({
  lp: z.literal(1),
  viewer: z.int().positive(),
  frames: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  doubled: z.int().nonnegative(),
  firstFrameMs: z.number().nullable(),
  failure: z.string().max(1_000).nullable(),
  latency: z.array(z.tuple([z.int().nonnegative(), z.int().positive()])),
})

/** What all viewers of one or several k6 runs saw. */
export interface CrowdFigures {
  readonly viewers: number
  readonly frames: number
  readonly lost: number
  readonly doubled: number
  /** Reasons, each with the number of viewers that gave it. */
  readonly failures: ReadonlyMap<string, number>
  /** From composed to received. */
  readonly latency: Histogram
  /** From asking to the first frame. */
  readonly firstFrame: Histogram
}

/**
 * Adds up what the script wrote, whatever number of runners wrote it: counts and histograms merge,
 * percentiles do not.
 * @param clockErrorMs how far the mapping of the clocks may be off
 * @throws SyntaxError, z.ZodError for lines that the script cannot have written
 */
export function addViewerLines(texts: readonly string[], clockErrorMs: number): CrowdFigures {
  const latency = new Histogram(clockErrorMs)
  const firstFrame = new Histogram()
  const failures = new Map<string, number>()
  let [viewers, frames, lost, doubled] = [0, 0, 0, 0]
  for (const text of texts.flatMap((all) => all.split('\n')).filter((text) => text !== '')) {
    const seen = line.parse(JSON.parse(text))
    viewers++
    frames += seen.frames
    lost += seen.lost
    doubled += seen.doubled
    if (seen.failure !== null) failures.set(seen.failure, (failures.get(seen.failure) ?? 0) + 1)
    if (seen.firstFrameMs !== null) firstFrame.record(seen.firstFrameMs)
    for (const [bucket, count] of seen.latency)
      for (let n = 0; n < count; n++) latency.record(middleOf(bucket) / 1000)
  }
  return { viewers, frames, lost, doubled, failures, latency, firstFrame }
}

/** How far a latency of `ms` may be off because of its bucket, ms. */
export function bucketErrorMs(ms: number): number {
  return ms * BUCKET_ERROR
}
