import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import { askFrom } from '../../targets/ask-from.ts'
import type { TargetEdge } from '../../targets/target.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, ProbedRule } from '../rule.ts'
import { ASKS, FAILOVER_MS, LOOK_MS } from './limits.ts'

const EXPECTED = `each client is given the edge of its region to play from and to publish to; once that has died, a living one within ${FAILOVER_MS} ms`

export const nearest: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'cdn.nearest',
  level: 'must',
  title: 'Ingest and playback go to the nearest healthy location for the client',
  source: { document: 'facts/nanostream', clause: '1.7' },
  advice: 'choose the location by the address of who asks, and forget those that do not answer',
  mutants: [{ kind: 'fault', id: 'random-edge' }],
  probe: async (context) => {
    const edges = (await context.edges(['eu', 'us', 'as'])).filter(isJudged)
    if (edges.length === 0) return skipped(EXPECTED, 'no edge is known to be near this client')
    const stream = await context.createStream()
    const evidence: Evidence[] = []
    let given = 0
    for (const edge of edges) {
      for (let ask = 0; ask < ASKS; ask++) {
        const { ingest, playout } = await askFrom(context.target, stream.id, edge.client)
        const from = `${edge.client ?? 'this machine'} (${edge.region})`
        const { progressive, hls } = playout
        const told: Told[] = [
          { what: 'play H5Live from', is: playout.h5live, wanted: edge.h5live },
          { what: 'play MP4 from', is: progressive, wanted: edge.progressive },
          { what: 'play HLS from', is: hls, wanted: edge.hls },
          { what: 'publish RTMP to', is: ingest.rtmp, wanted: edge.rtmp },
          { what: 'publish SRT to', is: ingest.srt, wanted: edge.srt },
          { what: 'publish WHIP to', is: ingest.whip?.url, wanted: edge.whip },
        ]
        for (const { what, is, wanted } of told) {
          if (wanted === undefined || is === undefined) continue
          given += 1
          const [a, b] = [new URL(is).host, new URL(wanted).host]
          if (a !== b) evidence.push({ note: `${from} is to ${what} ${a}, not ${b}` })
        }
      }
    }
    const wrong = evidence.length
    const [first] = edges
    const moved = first?.kill ? await afterDeath(context, stream.id, first) : null
    const late = moved !== null && moved > FAILOVER_MS
    if (late) evidence.push({ note: `after ${moved} ms ${first?.id} was still given, though dead` })
    const actual = `${given} addresses, ${wrong} of them wrong${moved === null ? '' : `; a dead edge was given for ${moved.toFixed(0)} ms`}`
    return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
  },
}

/** Somebody can ask from its region. */
function isJudged(edge: TargetEdge): boolean {
  return edge.client !== undefined || edge.near === true
}

/** An address that a client was given. */
interface Told {
  readonly what: string
  readonly is: string | undefined
  readonly wanted: string | undefined
}

/** ms that the address of an edge that was killed is still given; a little more than the budget at most. */
async function afterDeath(context: ProbeContext, id: string, edge: TargetEdge): Promise<number> {
  await edge.kill?.()
  const diedAt = nowMs()
  const dead = new URL(edge.h5live).host
  for (;;) {
    const { playout } = await askFrom(context.target, id, edge.client)
    const since = nowMs() - diedAt
    if (new URL(playout.h5live).host !== dead || since > FAILOVER_MS) return since
    await delay(LOOK_MS, undefined, { signal: context.signal })
  }
}
