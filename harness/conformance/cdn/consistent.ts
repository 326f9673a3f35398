import { nowMs } from '../../measure/clock.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import { openHlsViewer } from '../../viewers/hls-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import { skipped } from '../findings.ts'
import { fairly, type Sends } from '../playback/fairly.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { atEdge } from './at-edge.ts'
import { FAR_BEHIND_MS, MOST_WATCHED_MS, STALE_MS, WATCHED_FRAMES } from './limits.ts'
import { type SeenAtEdge, sameMediaFinding } from './same-media.ts'

const KEPT_BYTES = 16 * 2 ** 20

export const consistent: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'cdn.consistent',
  level: 'must',
  title: 'Every edge delivers the same media',
  source: { document: 'DESIGN', clause: 'CDN: origin, edges, router' },
  advice: 'package once at the origin, and pass every fragment on at once, byte for byte',
  mutants: [{ kind: 'fault', id: 'stale-edge' }],
  async probe(context) {
    const edges = await context.edges(['eu', 'us'])
    if (edges.length < 2)
      return skipped('every edge delivers the same media', 'the target has fewer than two edges')
    return fairly(
      context,
      (sends) => watchEdges(context, edges, sends),
      (seen, lenient) => sameMediaFinding(seen, lenient ? FAR_BEHIND_MS : STALE_MS),
    )
  },
}

async function watchEdges(
  context: ProbeContext,
  edges: Awaited<ReturnType<ProbeContext['edges']>>,
  sends: Sends,
): Promise<SeenAtEdge[]> {
  const { signal } = context
  const options = { signal, keepBytes: KEPT_BYTES }
  const stream = await context.createStream()
  const encoder = await context.publish(stream)
  const viewers: { edge: string; format: string; viewer: Viewer }[] = []
  try {
    for (const edge of edges) {
      const { h5live, hls } = atEdge(stream, edge).playout
      const h5 = openH5LiveViewer(h5live, options)
      viewers.push({ edge: edge.id, format: 'H5Live', viewer: h5 })
      if (edge.hls === undefined || hls === undefined) continue
      viewers.push({ edge: edge.id, format: 'LL-HLS', viewer: openHlsViewer(hls, options) })
    }
    const deadline = nowMs() + MOST_WATCHED_MS
    for (const { viewer } of viewers)
      await viewer.frames(WATCHED_FRAMES, { timeoutMs: Math.max(1, deadline - nowMs()) })
    sends(encoder)
    return viewers.map(({ edge, format, viewer }) => ({
      edge,
      format,
      record: viewer.record,
      behindMs: format === 'H5Live' ? viewer.latency.percentile(50) : null,
    }))
  } finally {
    await Promise.allSettled(viewers.map(({ viewer }) => viewer.close()))
    await encoder.stop()
  }
}
