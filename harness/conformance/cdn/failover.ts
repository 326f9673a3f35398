import type { LoadResult } from '../../load/engine.ts'
import { broken, holds, seconds, skipped } from '../findings.ts'
import { watchCrowd } from '../load/watch-crowd.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { atEdge } from './at-edge.ts'
import { CROWD, CROWD_PER_SECOND, FAILOVER_MS, STAGE_MS } from './limits.ts'

const expectedOf = (viewers: number) =>
  `all ${viewers} viewers of an edge that was killed have a picture again within ${FAILOVER_MS / 1000} s`

export const failover: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'cdn.failover',
  level: 'must',
  title: 'After an edge was killed with SIGKILL its viewers play again within 5 s',
  source: { document: 'DESIGN', clause: 'CDN: origin, edges, router' },
  advice: 'notice at once that an edge died, and send its viewers elsewhere when they ask again',
  mutants: [{ kind: 'fault', id: 'sticky-dead-edge' }],
  async probe(context) {
    const viewers = context.crowd ?? CROWD
    const expected = expectedOf(viewers)
    const [near, other] = await context.edges(['eu', 'us'])
    if (near?.kill === undefined || other === undefined)
      return skipped(expected, 'the target has no two edges of which one may be killed')
    const kill = near.kill.bind(near)
    const stream = await context.createStream()
    // Elsewhere, or the edge would take the publisher with it.
    await context.publish(stream, other.rtmp === undefined ? {} : { url: other.rtmp })
    const { target, signal } = context
    const before = { viewers, rampMs: (viewers / CROWD_PER_SECOND) * 1000, holdMs: 0 }
    // One more than the time allows: whoever comes late is to be seen as well.
    const after = Array.from({ length: FAILOVER_MS / STAGE_MS + 1 }, () => ({
      viewers,
      rampMs: 0,
      holdMs: 0,
    }))
    let returned = 0
    const result = await watchCrowd(atEdge(stream, near), {
      stages: [before, ...after],
      signal,
      router: {
        url: `${target.api}/stream/${encodeURIComponent(stream.id)}`,
        ...(near.client ? { client: near.client } : {}),
      },
      async onStage({ stage, ramp, hold }) {
        if (stage > 0) {
          returned += (ramp.returned?.count ?? 0) + (hold.returned?.count ?? 0)
          return returned < viewers
        }
        if (hold.viewers.playing < viewers) return false
        await kill()
        return true
      },
    })
    return failoverFinding(viewers, result)
  },
}

/** What became of viewers whose edge was killed after the first stage. */
export function failoverFinding(viewers: number, { stages, total, engine }: LoadResult): Finding {
  const expected = expectedOf(viewers)
  const playing = stages[0]?.hold.viewers.playing ?? 0
  const unfit = `the harness was not fit to measure: ${engine.causes.join('; ')}`
  const ailing = engine.causes.length > 0
  if (playing < viewers) {
    const actual = `only ${playing} of ${viewers} viewers ever played from their edge`
    return ailing ? skipped(expected, `${unfit}; seen: ${actual}`) : broken(expected, actual)
  }
  const dropped = Object.values(total.viewers.dropped).reduce((sum, count) => sum + count, 0)
  const { returned } = total
  const back = returned?.count ?? 0
  if (dropped < viewers)
    return skipped(expected, `only ${dropped} of ${viewers} viewers lost their server`)
  const figures =
    returned === undefined || back === 0
      ? ''
      : `: p50 ${seconds(returned.percentile(50))}, p99 ${seconds(returned.percentile(99))}, last ${seconds(returned.max)}`
  const actual = `${back} of ${dropped} viewers had a picture again${figures}`
  if (back >= dropped && returned !== undefined && returned.max <= FAILOVER_MS)
    return holds(expected, actual)
  // A harness that is late now and then delays some; it does not keep most of them away.
  if (ailing && back > dropped / 2) return skipped(expected, `${unfit}; seen: ${actual}`)
  return broken(expected, actual)
}
