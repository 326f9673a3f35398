import { TargetError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { type ChunkCase, chunkCases } from './chunk-cases.ts'
import { onStage, type Stage } from './stage.ts'
import { differenceOf, framesOf } from './witness.ts'

const EXPECTED =
  'every frame reaches a viewer with its own bytes and time, however it is legally cut into chunks'
const ARRIVE_MS = 5_000
const AT_ONCE = 6

export const chunkingRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.chunking',
  level: 'must',
  title:
    'Any legal chunk size, chunk stream id form, extended timestamp, type-3 chunk and Abort is read right',
  source: { document: 'RTMP 1.0', clause: '§5.3' },
  advice:
    'read chunk headers by the table of §5.3.1; accept an extended timestamp in type-3 chunks, and its absence',
  mutants: [{ kind: 'fault', id: 'ext-timestamp-bug' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const cases: Case[] = []
      const left = [...chunkCases]
      const work = async () => {
        for (let it = left.shift(); it; it = left.shift()) cases.push(await tryCase(stage, it))
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return findingOf(EXPECTED, cases)
    })
  },
}

async function tryCase(stage: Stage, { name, start = 0, send }: ChunkCase): Promise<Case> {
  const stream = await stage.context.createStream()
  const publisher = await stage.publish(stream)
  await publisher.headers(start)
  await publisher.frame(start)
  const viewer = stage.view(stream)
  try {
    await viewer.frames(1, { timeoutMs: ARRIVE_MS })
    await send(publisher, start)
    const last = publisher.sent.length - 1
    const arrived = () =>
      framesOf(viewer.record, publisher.tag).some((frame) => frame.number === last) || undefined
    await viewer.until(arrived, { timeoutMs: ARRIVE_MS })
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
  }
  if (publisher.client.closedAt !== null) {
    return { name, ok: false, seen: 'the publisher was disconnected' }
  }
  if (viewer.stats.foreign > 0) return { name, ok: false, seen: 'an aborted message was delivered' }
  const wrong = differenceOf(publisher.sent, framesOf(viewer.record, publisher.tag))
  return { name, ok: wrong === null, seen: wrong ?? '' }
}
