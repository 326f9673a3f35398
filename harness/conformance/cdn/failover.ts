import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import { askFrom } from '../../targets/ask-from.ts'
import { RoutedViewer } from '../../viewers/routed-viewer.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { FAILOVER_MS, LOOK_MS, START_MS, VIEWERS } from './limits.ts'

const EXPECTED = `all viewers of an edge that was killed have media again within ${FAILOVER_MS} ms`

export const failover: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'cdn.failover',
  level: 'must',
  title: 'After an edge was killed with SIGKILL its viewers play again within 5 s',
  source: { document: 'DESIGN', clause: 'CDN: origin, edges, router' },
  advice: 'notice at once that an edge died, and send its viewers elsewhere when they ask again',
  mutants: [{ kind: 'fault', id: 'sticky-dead-edge' }],
  probe: (context) => killAnEdge(context, VIEWERS),
}

/** Kills the edge that so many viewers play from, and sees when they play again. */
export async function killAnEdge(context: ProbeContext, count: number): Promise<Finding> {
  const [near, other] = await context.edges(['eu', 'us'])
  if (near?.kill === undefined || other === undefined) {
    return skipped(EXPECTED, 'the target has no two edges of which one may be killed')
  }
  const stream = await context.createStream()
  // Elsewhere, or the edge would take the publisher with it.
  await context.publish(stream, other.rtmp === undefined ? {} : { url: other.rtmp })
  const where = async () => (await askFrom(context.target, stream.id, near.client)).playout.h5live
  const viewers = Array.from(
    { length: count },
    () => new RoutedViewer({ where, client: near.client, signal: context.signal }),
  )
  try {
    const home = new URL(near.h5live).host
    const started = await until(
      START_MS,
      () => viewers.every(({ playsFrom }) => playsFrom === home),
      context.signal,
    )
    if (!started) {
      const there = viewers.filter(({ playsFrom }) => playsFrom === home).length
      return broken(EXPECTED, `only ${there} of ${count} viewers ever played from their edge`)
    }
    const killedAt = nowMs()
    await near.kill()
    const back = () => viewers.filter(({ playsSince = 0 }) => playsSince > killedAt)
    await until(FAILOVER_MS, () => back().length === count, context.signal)
    const gaps = back()
      .map(({ playsSince = 0 }) => playsSince - killedAt)
      .filter((gap) => gap <= FAILOVER_MS)
    const longest = gaps.length === 0 ? '' : `, the last after ${Math.max(...gaps).toFixed(0)} ms`
    const actual = `${gaps.length} of ${count} viewers had media again${longest}`
    return gaps.length === count ? holds(EXPECTED, actual) : broken(EXPECTED, actual)
  } finally {
    await Promise.all(viewers.map((viewer) => viewer.close()))
  }
}

async function until(ms: number, look: () => boolean, signal: AbortSignal): Promise<boolean> {
  const deadline = nowMs() + ms
  while (!look()) {
    if (nowMs() > deadline) return false
    await delay(LOOK_MS, undefined, { signal })
  }
  return true
}
