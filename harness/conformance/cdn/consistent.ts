import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, ProbedRule } from '../rule.ts'
import { LEAST_COMMON, STALE_MS } from './limits.ts'

const EXPECTED = `every edge delivers the same bytes of each fragment, at most ${STALE_MS} ms after the encoder`
/** Frames that each edge is watched for: longer than a stale edge is behind. */
const WATCHED_FRAMES = 150

export const consistent: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'cdn.consistent',
  level: 'must',
  title: 'Every edge delivers the same media',
  source: { document: 'DESIGN', clause: 'CDN: origin, edges, router' },
  advice: 'package once at the origin, and pass every fragment on at once, byte for byte',
  mutants: [{ kind: 'fault', id: 'stale-edge' }],
  probe: async (context) => {
    const edges = await context.edges(['eu', 'us'])
    if (edges.length < 2) return skipped(EXPECTED, 'the target has fewer than two edges')
    const stream = await context.createStream()
    await context.publish(stream)
    const watched = edges.map((edge) => {
      const url = new URL(edge.h5live)
      url.search = new URL(stream.playout.h5live).search
      return { edge, viewer: openH5LiveViewer(url.href, { signal: context.signal }) }
    })
    try {
      await Promise.all(watched.map(({ viewer }) => viewer.frames(WATCHED_FRAMES)))
      const evidence: Evidence[] = []
      const [first, ...others] = watched
      const reference = fragmentsOf(first!.viewer)
      let compared = 0
      for (const { edge, viewer } of others) {
        let common = 0
        for (const [sequence, bytes] of fragmentsOf(viewer)) {
          const same = reference.get(sequence)
          if (same === undefined) continue
          common += 1
          if (Buffer.compare(same, bytes) !== 0) {
            evidence.push({
              note: `fragment ${sequence} of ${edge.id} is not that of ${first!.edge.id}`,
            })
          }
        }
        compared += common
        if (common < LEAST_COMMON) {
          evidence.push({
            note: `${edge.id} and ${first!.edge.id} have ${common} fragments in common`,
          })
        }
      }
      const behind = watched.map(({ edge, viewer }) => ({
        edge,
        ms: viewer.latency.percentile(50),
      }))
      for (const { edge, ms } of behind) {
        if (ms > STALE_MS) evidence.push({ note: `${edge.id} is ${ms.toFixed(0)} ms behind` })
      }
      const worst = Math.max(...behind.map(({ ms }) => ms))
      const actual = `${compared} fragments compared, ${evidence.length} faults, the slowest edge ${worst.toFixed(0)} ms behind (median)`
      return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
    } finally {
      await Promise.all(watched.map(({ viewer }) => viewer.close()))
    }
  },
}

function fragmentsOf({ record }: Viewer): Map<number, Uint8Array> {
  const fragments = new Map<number, Uint8Array>()
  for (const event of record.events) {
    if (event.type === 'fragment' && event.bytes) fragments.set(event.sequence, event.bytes)
  }
  return fragments
}
