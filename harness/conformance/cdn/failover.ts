import type { LoadResult } from '../../load/engine.ts'
import { broken, holds, seconds, skipped } from '../findings.ts'
import { watchCrowd } from '../load/watch-crowd.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { atEdge } from './at-edge.ts'
import { CROWD, CROWD_PER_SECOND, FAILOVER_MS, RETURN_LOOKS, START_LOOKS } from './limits.ts'

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
    const arrivals = { viewers, rampMs: (viewers / CROWD_PER_SECOND) * 1000, holdMs: 0 }
    const look = { viewers, rampMs: 0, holdMs: 0 }
    let looks = 0
    let playing = 0
    let killed = false
    let returned = 0
    const result = await watchCrowd(atEdge(stream, near), {
      stages: [arrivals, ...Array.from({ length: START_LOOKS + RETURN_LOOKS }, () => look)],
      signal,
      router: {
        url: `${target.api}/stream/${encodeURIComponent(stream.id)}`,
        ...(near.client ? { client: near.client } : {}),
      },
      async onStage({ ramp, hold }) {
        looks += 1
        if (killed) {
          returned += (ramp.returned?.count ?? 0) + (hold.returned?.count ?? 0)
          return returned < viewers && looks < RETURN_LOOKS
        }
        playing = hold.viewers.playing
        if (playing < viewers) return looks < START_LOOKS
        killed = true
        looks = 0
        await kill()
        return true
      },
    })
    return failoverFinding(viewers, playing, result)
  },
}

/** What became of viewers whose edge was killed. `playing`: of them, just before. */
export function failoverFinding(
  viewers: number,
  playing: number,
  { total, engine }: LoadResult,
): Finding {
  const expected = expectedOf(viewers)
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
