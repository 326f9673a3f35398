import type { Histogram } from '../../measure/histogram.ts'
import { bufferedPlayback } from '../../viewers/buffered-playback.ts'
import { modelledPlayback } from '../../viewers/hls-playback.ts'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import { broken, holds, seconds, skipped } from '../findings.ts'
import type { Evidence, Finding } from '../rule.ts'
import { type Format, latencyBudget, STALLED_SHARE, startupBudget } from './limits.ts'

/** How one viewer's playback was. */
export interface SeenPlayback {
  readonly format: Format
  /** Played − composed, ms. */
  readonly latency: Histogram
  readonly stalledMs: number
  readonly watchedMs: number
}

/** ms that a player of HLS takes to decode and show its first picture. */
const HLS_STARTUP_MS = 100
/** Pictures that must have been seen for a percentile to say something. */
const LEAST_PICTURES = 60
/** ms of watching likewise. */
const LEAST_WATCHED_MS = 3_000

/** What a player would have made of a recording. @param until ms, when watching ended */
export function playbackOf(format: Format, record: ViewerRecord, until: number): SeenPlayback {
  if (format === 'H5Live' || format === 'progressive') {
    const { latency, stalledMs, watchedMs } = bufferedPlayback(record, until)
    return { format, latency, stalledMs, watchedMs }
  }
  const { latency, stalledMs, playedMs } = modelledPlayback(record, HLS_STARTUP_MS)
  return { format, latency, stalledMs, watchedMs: playedMs }
}

/** @param delayMs of the link in between, one way */
export function judgeLatency(seen: readonly SeenPlayback[], delayMs = 0): Finding {
  return judge(seen, ({ format, latency }) => {
    if (latency.count < LEAST_PICTURES) return null
    const p95 = latency.percentile(95)
    const budget = latencyBudget(format, delayMs)
    return {
      ok: p95 - latency.errorBoundMs <= budget,
      expected: `${format} p95 ≤ ${seconds(budget)}`,
      actual: `${format} ${seconds(p95)} (${latency.count} pictures)`,
    }
  })
}

export function judgeStalls(seen: readonly SeenPlayback[], most = STALLED_SHARE): Finding {
  return judge(seen, ({ format, stalledMs, watchedMs }) => {
    if (watchedMs < LEAST_WATCHED_MS) return null
    const share = stalledMs / watchedMs
    return {
      ok: share <= most,
      expected: `${format} stands still ≤ ${most * 100} %`,
      actual: `${format} ${(share * 100).toFixed(1)} % of ${seconds(watchedMs)}`,
    }
  })
}

/** @param starts ms of each viewer's start; null for one that never had a picture */
export function judgeStartup(
  starts: readonly { readonly format: Format; readonly ms: readonly (number | null)[] }[],
  delayMs = 0,
): Finding {
  return judge(starts, ({ format, ms }) => {
    const budget = startupBudget(format, delayMs)
    if (budget === undefined || ms.length === 0) return null
    const sorted = ms.map((start) => start ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)
    const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.POSITIVE_INFINITY
    const shown = Number.isFinite(p95) ? seconds(p95) : 'never'
    return {
      ok: p95 <= budget,
      expected: `${format} p95 ≤ ${seconds(budget)}`,
      actual: `${format} ${shown} (${ms.length} viewers)`,
    }
  })
}

interface Judged {
  readonly ok: boolean
  readonly expected: string
  readonly actual: string
}

/** Null: not enough was seen of this one. All are told; each that is not ok is evidence. */
function judge<T>(seen: readonly T[], look: (one: T) => Judged | null): Finding {
  const judged = seen.map(look).filter((one) => one !== null)
  const expected = judged.map((one) => one.expected).join('; ')
  if (judged.length === 0) return skipped('playback', 'too little was seen to judge')
  const actual = judged.map((one) => one.actual).join('; ')
  const evidence: Evidence[] = judged
    .filter(({ ok }) => !ok)
    .map((one) => ({ note: `${one.actual}, expected ${one.expected}` }))
  return evidence.length === 0 ? holds(expected, actual) : broken(expected, actual, evidence)
}
