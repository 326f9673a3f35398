import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, Finding, ProbedRule } from '../rule.ts'
import { NEIGHBOUR_P99_MS, QUEUE_BUDGET_BYTES } from './probe-limits.ts'
import { unreadSocketBytes } from './socket-buffers.ts'
import { isSkip, messagesOf } from './texts.ts'

/** A stream that fills every buffer in seconds rather than minutes. */
const PROFILE = 'bitrate-9000'
const PILE_UP_MS = 60_000
const CATCH_UP_MS = 15_000

export const slowViewer: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'h5live.slow-viewer',
  level: 'must',
  title:
    'A viewer that reads nothing is skipped to a key frame or closed with a reason, and harms nobody',
  source: { document: 'liveproof DESIGN', clause: 'How media flows' },
  advice: 'bound the bytes queued for a viewer; over the bound drop up to a key frame, or close',
  mutants: [{ kind: 'fault', id: 'unbounded-queue' }],
  probe: async (context) => {
    const stream = await context.createStream()
    const encoder = await context.publish(stream, { profile: PROFILE })
    const { signal } = context
    const healthy = openH5LiveViewer(stream.playout.h5live, { signal, record: false })
    const slow = openH5LiveViewer(stream.playout.h5live, { signal, keepBytes: 0 })
    try {
      return await starve(slow, healthy)
    } finally {
      await Promise.all([slow.close(), healthy.close(), encoder.stop()])
    }
  },
}

async function starve(slow: Viewer, healthy: Viewer): Promise<Finding> {
  await Promise.all([slow.frames(1), healthy.frames(1)])
  slow.pause()
  const pile = (await unreadSocketBytes()) + QUEUE_BUDGET_BYTES
  const from = healthy.stats.bytes
  await healthy.until(() => (healthy.stats.bytes - from >= pile ? true : undefined), {
    timeoutMs: PILE_UP_MS,
  })
  const framesAt = healthy.stats.frames
  slow.resume()
  // It has caught up, or was moved on, or is closed.
  await slow
    .until(
      (record) => hasSkip(slow) || record.close || slow.stats.frames >= framesAt || undefined,
      {
        timeoutMs: CATCH_UP_MS,
      },
    )
    .catch(() => {})
  if (hasSkip(slow) && !slow.record.close) {
    await slow.frames(slow.stats.frames + 2, { timeoutMs: CATCH_UP_MS }).catch(() => {})
  }
  return judge(slow, healthy, pile)
}

function hasSkip(viewer: Viewer): boolean {
  return messagesOf(viewer.record).some(isSkip)
}

function judge(slow: Viewer, healthy: Viewer, pile: number): Finding {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  const evidence: Evidence[] = []
  const { close } = slow.record
  const skips = messagesOf(slow.record).filter(isSkip).length
  const reasons = messagesOf(slow.record).filter(({ data }) => typeof data['code'] === 'number')
  if (close && close.by !== 'server' && reasons.length === 0) {
    evidence.push({ note: `the slow viewer's connection broke without a reason: ${close.reason}` })
  }
  if (!close && skips === 0) {
    const note = `the slow viewer got all ${mib(slow.stats.bytes)} late: more than ${mib(QUEUE_BUDGET_BYTES)} were queued for it`
    evidence.push({ note })
  }
  if (slow.stats.lost > 0 && skips === 0) {
    evidence.push({
      note: `the slow viewer lost ${slow.stats.lost} frames and was told of no skip`,
    })
  }
  const { lost } = healthy.stats
  const p99 = healthy.latency.percentile(99)
  if (lost > 0) evidence.push({ note: `the viewer beside it lost ${lost} frames` })
  if (p99 > NEIGHBOUR_P99_MS) {
    evidence.push({ note: `the viewer beside it saw a p99 latency of ${p99.toFixed(1)} ms` })
  }
  const fate = close ? `closed (${close.code} ${close.reason})` : `skipped ${skips} times`
  return {
    result: evidence.length === 0 ? 'holds' : 'broken',
    expected: `after ${mib(pile)} unread: skipped or closed with a reason; others lose nothing, p99 ≤ ${NEIGHBOUR_P99_MS} ms`,
    actual: `slow viewer ${fate} after ${mib(slow.stats.bytes)}; beside it ${lost} lost, p99 ${p99.toFixed(1)} ms`,
    evidence,
  }
}
