import { z } from 'zod'
import type { CrowdFigures } from '../../load/engine.ts'
import { Histogram } from '../../measure/histogram.ts'
import { middleOf } from './script/buckets.ts'

/** A viewer of a day's run has fewer buckets than this. */
const MAX_BUCKETS = 20_000

const seenLine = z.object({
  frames: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  doubled: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  latency: z.array(z.tuple([z.int().nonnegative(), z.int().positive()])).max(MAX_BUCKETS),
})

const viewerLine = z.object({
  lp: z.literal(1),
  viewer: z.int().positive(),
  firstFrameMs: z.number().nullable(),
  failure: z.string().max(1_000).nullable(),
  ramp: seenLine,
  hold: seenLine,
  playback: z.object({
    playedMs: z.number().nonnegative(),
    stalledMs: z.number().nonnegative(),
    stalls: z.int().nonnegative(),
  }),
})

type Line = z.infer<typeof viewerLine>

/** What all viewers of one or several k6 runs saw. */
export interface ViewerLines {
  readonly ramp: CrowdFigures
  readonly hold: CrowdFigures
  readonly total: CrowdFigures
}

/** A viewer's own p99 wants so many frames. */
const MIN_FRAMES_FOR_P99 = 100

/**
 * Adds up what the script wrote, whatever number of runners wrote it: counts and histograms merge,
 * percentiles do not.
 * @param clockErrorMs how far the mapping of the clocks may be off
 * @throws SyntaxError, z.ZodError for lines that the script cannot have written
 */
export function addViewerLines(texts: readonly string[], clockErrorMs: number): ViewerLines {
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .filter((text) => text !== '')
    .map((text) => viewerLine.parse(JSON.parse(text)))
  const figures = (parts: readonly ('ramp' | 'hold')[]) => crowd(lines, parts, clockErrorMs)
  return { ramp: figures(['ramp']), hold: figures(['hold']), total: figures(['ramp', 'hold']) }
}

function crowd(
  lines: readonly Line[],
  parts: readonly ('ramp' | 'hold')[],
  clockErrorMs: number,
): CrowdFigures {
  const seen = lines.flatMap((line) => parts.map((part) => line[part]))
  const sum = (of: 'frames' | 'lost' | 'doubled' | 'bytes') =>
    seen.reduce((all, one) => all + one[of], 0)
  const latency = histogram(
    seen.flatMap((one) => one.latency),
    clockErrorMs,
  )
  const held = parts.includes('hold')
  return {
    viewers: viewers(lines, parts),
    frames: sum('frames'),
    lost: sum('lost'),
    repeated: sum('doubled'),
    // The script sees nothing of a frame without a stamp; a viewer without any has failed.
    unstamped: 0,
    bytes: sum('bytes'),
    latency,
    startup: startup(parts.includes('ramp') ? lines : []),
    playback: {
      playedMs: held ? lines.reduce((all, line) => all + line.playback.playedMs, 0) : 0,
      stalledMs: held ? lines.reduce((all, line) => all + line.playback.stalledMs, 0) : 0,
      stalls: held ? lines.reduce((all, line) => all + line.playback.stalls, 0) : 0,
    },
    perViewer: held ? perViewer(lines) : null,
  }
}

/** A failure is counted once, in the ramp: the script does not say when it was. */
function viewers(
  lines: readonly Line[],
  parts: readonly ('ramp' | 'hold')[],
): CrowdFigures['viewers'] {
  const failed: Record<string, number> = {}
  const dropped: Record<string, number> = {}
  for (const { failure, firstFrameMs } of lines) {
    if (failure === null || !parts.includes('ramp')) continue
    const counts = firstFrameMs === null ? failed : dropped
    counts[failure] = (counts[failure] ?? 0) + 1
  }
  return {
    arrived: parts.includes('ramp') ? lines.length : 0,
    playing: lines.filter(({ failure }) => failure === null).length,
    failed,
    dropped,
  }
}

/** The script knows only when the first frame came. */
function startup(lines: readonly Line[]): CrowdFigures['startup'] {
  const keyFrame = new Histogram()
  for (const { firstFrameMs } of lines) if (firstFrameMs !== null) keyFrame.record(firstFrameMs)
  const unknown = () => new Histogram()
  return { connect: unknown(), upgrade: unknown(), init: unknown(), keyFrame }
}

function perViewer(lines: readonly Line[]): CrowdFigures['perViewer'] {
  const p99s = lines
    .map(({ hold }) => histogram(hold.latency, 0))
    .filter(({ count }) => count >= MIN_FRAMES_FOR_P99)
    .map((own) => own.percentile(99))
    .sort((a, b) => a - b)
  const [medianP99, worstP99] = [p99s[Math.floor((p99s.length - 1) / 2)], p99s.at(-1)]
  if (medianP99 === undefined || worstP99 === undefined) return null
  return { medianP99, worstP99, viewers: p99s.length }
}

function histogram(buckets: readonly (readonly [number, number])[], errorMs: number): Histogram {
  const all = new Histogram(errorMs)
  for (const [bucket, count] of buckets)
    for (let n = 0; n < count; n++) all.record(middleOf(bucket) / 1000)
  return all
}
