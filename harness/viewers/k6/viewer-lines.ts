import type { ApiCalls, CrowdFigures } from '../../load/engine.ts'
import { Histogram } from '../../measure/histogram.ts'
import type { ClientLine, Lines, ViewerLine } from './line.ts'
import { histogramOf } from './lines-histogram.ts'

/** What all viewers of one or several k6 runs saw. */
export interface ViewerLines {
  readonly ramp: CrowdFigures
  readonly hold: CrowdFigures
  readonly total: CrowdFigures
}

type Part = 'ramp' | 'hold'

/** A viewer's own p99 wants so many frames. */
const MIN_FRAMES_FOR_P99 = 100

/**
 * Adds up what the script wrote, whatever number of runners wrote it: counts and histograms merge,
 * percentiles do not.
 * @param clockErrorMs how far the mapping of the clocks may be off
 * @param wanted viewers that should have said something; those that said nothing have failed
 */
export function addViewerLines(lines: Lines, clockErrorMs: number, wanted = 0): ViewerLines {
  const figures = (parts: readonly Part[]) => crowd(lines, parts, { clockErrorMs, wanted })
  return { ramp: figures(['ramp']), hold: figures(['hold']), total: figures(['ramp', 'hold']) }
}

function crowd(
  { viewers: lines, clients }: Lines,
  parts: readonly Part[],
  { clockErrorMs, wanted }: { clockErrorMs: number; wanted: number },
): CrowdFigures {
  const seen = lines.flatMap((line) => parts.map((part) => line[part]))
  const sum = (of: 'frames' | 'lost' | 'doubled' | 'bytes') =>
    seen.reduce((all, one) => all + one[of], 0)
  const held = parts.includes('hold')
  const playback = (of: 'playedMs' | 'stalledMs' | 'stalls') =>
    held ? lines.reduce((all, line) => all + line.playback[of], 0) : 0
  return {
    viewers: viewers({ viewers: lines, clients }, parts, wanted),
    frames: sum('frames'),
    lost: sum('lost'),
    repeated: sum('doubled'),
    // The script sees nothing of a frame without a stamp; a viewer without any has failed.
    unstamped: 0,
    bytes: sum('bytes'),
    latency: histogramOf(
      seen.flatMap((one) => one.latency),
      clockErrorMs,
    ),
    startup: startup(parts.includes('ramp') ? lines : []),
    playback: {
      playedMs: playback('playedMs'),
      stalledMs: playback('stalledMs'),
      stalls: playback('stalls'),
    },
    perViewer: held ? perViewer(lines) : null,
    ...(clients.length > 0 ? { calls: callsOf(clients, parts) } : {}),
  }
}

/** A failure is counted once, in the ramp: the script does not say when it was. */
function viewers(
  { viewers: lines, clients }: Lines,
  parts: readonly Part[],
  wanted: number,
): CrowdFigures['viewers'] {
  const failed: Record<string, number> = {}
  const dropped: Record<string, number> = {}
  const arrived = lines.length + clients.length
  const served = clients.filter(({ ramp, hold }) => successes(ramp) + successes(hold) > 0)
  if (parts.includes('ramp')) {
    for (const { failure, firstFrameMs } of lines) {
      if (failure === null) continue
      const counts = firstFrameMs === null ? failed : dropped
      counts[failure] = (counts[failure] ?? 0) + 1
    }
    if (wanted > arrived) failed['k6 said nothing of them'] = wanted - arrived
    if (clients.length > served.length)
      failed['no call of the API succeeded'] = clients.length - served.length
  }
  return {
    arrived: parts.includes('ramp') ? arrived : 0,
    playing: lines.filter(({ failure }) => failure === null).length + served.length,
    failed,
    dropped,
  }
}

/** The script knows only when the first frame came. */
function startup(lines: readonly ViewerLine[]): CrowdFigures['startup'] {
  const keyFrame = new Histogram()
  for (const { firstFrameMs } of lines) if (firstFrameMs !== null) keyFrame.record(firstFrameMs)
  const unknown = () => new Histogram()
  return { connect: unknown(), upgrade: unknown(), init: unknown(), keyFrame }
}

function perViewer(lines: readonly ViewerLine[]): CrowdFigures['perViewer'] {
  const p99s = lines
    .map(({ hold }) => histogramOf(hold.latency, 0))
    .filter(({ count }) => count >= MIN_FRAMES_FOR_P99)
    .map((own) => own.percentile(99))
    .sort((a, b) => a - b)
  const [medianP99, worstP99] = [p99s[Math.floor((p99s.length - 1) / 2)], p99s.at(-1)]
  if (medianP99 === undefined || worstP99 === undefined) return null
  return { medianP99, worstP99, viewers: p99s.length }
}

function callsOf(clients: readonly ClientLine[], parts: readonly Part[]): ApiCalls {
  const calls = clients.flatMap((client) => parts.map((part) => client[part]))
  const failed: Record<string, number> = {}
  for (const [reason, count] of calls.flatMap((one) => Object.entries(one.failed)))
    failed[reason] = (failed[reason] ?? 0) + count
  return {
    count: calls.reduce((all, one) => all + one.count, 0),
    failed,
    latency: histogramOf(
      calls.flatMap((one) => one.latency),
      0,
    ),
  }
}

function successes({ count, failed }: ClientLine['hold']): number {
  return count - Object.values(failed).reduce((all, one) => all + one, 0)
}
