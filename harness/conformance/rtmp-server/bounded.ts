import { readProcessStat } from '../../measure/process-stat.ts'
import { targetPid } from '../../targets/target-pid.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Bomb, bombs, throwBomb } from './bombs.ts'
import { type Case, findingOf } from './cases.ts'
import { HealthyPair } from './healthy-pair.ts'
import type { RawClient } from './raw-client.ts'
import { onStage, type Stage } from './stage.ts'

/** How much one bomb may add to the process, with whatever its memory management keeps back. */
const MOST_GROWTH_MB = 192
const ENOUGH_MB = 2 * MOST_GROWTH_MB
const SAMPLE_MS = 25
const STALL_MS = 1_500
const MB = 2 ** 20
const EXPECTED =
  `memory grows by less than ${MOST_GROWTH_MB} MB under bombs of many chunk streams, long ` +
  'messages, deep values and unread answers, and a healthy stream beside them goes on'

export const boundedRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.bounded',
  level: 'must',
  title: 'Memory stays bounded under chunk-stream, message-size and AMF-depth bombs',
  source: { document: 'liveproof design', clause: 'how media flows in the reference' },
  advice: 'limit chunk streams, bytes of unfinished messages, depth and unsent answers per session',
  mutants: [{ kind: 'fault', id: 'unbounded-chunks' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const pair = await HealthyPair.start(stage)
      const cases: Case[] = []
      let most = 0
      for (const bomb of bombs) {
        const grown = await growthUnder(stage, bomb, pair.stream.ingest.rtmp)
        most = Math.max(most, grown ?? 0)
        const harm = await pair.harm()
        const ok = harm === null && (grown === null || grown < MOST_GROWTH_MB)
        cases.push({ name: bomb.name, ok, seen: harm ?? `memory grew by ${grown?.toFixed(0)} MB` })
        if (!ok) break
      }
      const finding = findingOf(EXPECTED, cases)
      if (finding.result !== 'holds') return finding
      const seen = targetPid(context.target)
        ? `memory grew by ${most.toFixed(0)} MB at most`
        : 'judged by survival: the memory of this target cannot be seen'
      return { ...finding, actual: `${finding.actual}; ${seen}` }
    })
  },
}

/** Growth of the process's resident memory at its worst, MB; null where it cannot be seen. */
async function growthUnder(stage: Stage, bomb: Bomb, url: string): Promise<number | null> {
  const pid = targetPid(stage.context.target)
  const rss = async () => (pid === undefined ? undefined : await readProcessStat(pid))?.rssBytes
  const before = await rss()
  let most = before ?? 0
  const clients: RawClient[] = []
  const timer = setInterval(async () => {
    most = Math.max(most, (await rss()) ?? 0)
    // It is proven: no need to bring down the machine.
    if (before !== undefined && (most - before) / MB > ENOUGH_MB)
      for (const client of clients) client.destroy()
  }, SAMPLE_MS)
  try {
    await Promise.all(
      Array.from({ length: bomb.sessions }, async () => {
        const client = await stage.open(url)
        clients.push(client)
        await throwBomb(bomb, client, url, STALL_MS)
        // Time to hold on to it: what was sent last is what a server has least time to drop.
        await client.closed(SAMPLE_MS * 8)
        client.destroy()
      }),
    )
  } finally {
    clearInterval(timer)
  }
  return before === undefined ? null : (Math.max(most, (await rss()) ?? 0) - before) / MB
}
