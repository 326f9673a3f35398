import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import { ingestSessions } from '../ingest-sessions.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { RawClient } from '../rtmp-server/raw-client.ts'
import { tryPublish } from '../rtmp-server/raw-session.ts'
import type { ProbedRule } from '../rule.ts'
import { FREE_BUDGET_MS } from './limits.ts'
import { type LinkedStage, onLinks } from './on-links.ts'

/** C0 and the first half of C1. */
const HALF_HANDSHAKE = Buffer.concat([Buffer.of(3), Buffer.alloc(768)])
const ROUNDS = 5
const POLL_MS = 100
const EXPECTED =
  `connections that are reset in mid-handshake, and right after Publish.Start, leave nothing: ` +
  `≤ ${FREE_BUDGET_MS / 1000} s later the stream can be published, and no session of theirs is open`

export const resetInHandshake: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.reset-in-handshake',
  level: 'must',
  title: 'A reset in the middle of opening leaves nothing behind, and the next publish succeeds',
  source: { document: 'RFC 9293', clause: '3.5.2 reset generation, 3.10.7' },
  advice: 'end the session when its connection is reset, and free its stream at once',
  mutants: [{ kind: 'fault', id: 'deaf-to-resets' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      const { link, url } = await stage.link(stream.ingest.rtmp)
      for (let round = 0; round < ROUNDS; round++) {
        const client = await RawClient.open(url)
        stage.atClose(() => client.destroy())
        await client.send(HALF_HANDSHAKE)
        await client.until(() => (client.bytesReceived > 0 ? true : undefined), 200)
        link.reset()
        await client.closed(FREE_BUDGET_MS)
      }
      const started = await tryPublish({ url, streamName: stream.name })
      if (started) stage.atClose(() => started.client.destroy())
      link.reset()
      const since = nowMs()
      const after = await publishSoon(stage, stream.ingest.rtmp, stream.name, since)
      const open = await openSessions(context, stream.name)
      const cases: Case[] = [
        {
          name: `a publish after ${ROUNDS} resets`,
          ok: started?.started === true,
          seen: 'was not started',
        },
        { name: 'the next publish', ok: after === null, seen: after ?? '' },
      ]
      if (open !== null)
        cases.push({
          name: 'sessions of the stream',
          ok: open <= 1,
          seen: `${open} are open instead of one`,
        })
      return findingOf(EXPECTED, cases)
    }),
}

/** Null once a publish was started, or what was answered until the end. */
async function publishSoon(
  stage: LinkedStage,
  url: string,
  streamName: string,
  since: number,
): Promise<string | null> {
  for (;;) {
    const attempt = await tryPublish({ url, streamName })
    if (attempt) stage.atClose(() => attempt.client.destroy())
    if (attempt?.started) return null
    const said = attempt?.statuses.map(({ description }) => description).join(', ')
    if (nowMs() > since + FREE_BUDGET_MS)
      return `was refused for ${FREE_BUDGET_MS / 1000} s: ${said || 'no answer'}`
    await delay(POLL_MS, undefined, { signal: stage.context.signal })
  }
}

/** Null where the target does not tell. */
async function openSessions({ target, signal }: ProbeContext, name: string) {
  const sessions = await ingestSessions(target, signal, name)
  return sessions?.filter(({ closedAt }) => closedAt === null).length ?? null
}
