import { TargetError } from '../../errors.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { type ChunkCase, chunkCases, FRAMES } from './chunk-cases.ts'
import type { RawPublisher } from './raw-publisher.ts'
import { onStage, type Stage } from './stage.ts'
import { differenceOf, framesOf } from './witness.ts'

const EXPECTED =
  'every frame reaches a viewer with its own bytes and time, however it is legally cut into chunks'
const ARRIVE_MS = 5_000
const AT_ONCE = 6
/** Key frames a ms apart, all before the first frame of a case. */
const MOST_EXTRA = 10

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
        for (let it = left.shift(); it; it = left.shift()) {
          const tried = await tryCase(stage, it)
          cases.push(it.lenient ? { ...tried, should: true } : tried)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return findingOf(EXPECTED, cases)
    })
  },
}

/** Sends key frames until the viewer has one: not every server keeps the last one for newcomers. */
async function catchOne(publisher: RawPublisher, viewer: Viewer, start: number): Promise<void> {
  for (let extra = 1; extra <= MOST_EXTRA; extra++) {
    try {
      await viewer.frames(1, { timeoutMs: ARRIVE_MS / MOST_EXTRA })
      return
    } catch (error) {
      if (!(error instanceof TargetError) || error.code !== 'LP_VIEWER_TIMEOUT') throw error
      await publisher.frame(start + extra, { key: true })
    }
  }
  await viewer.frames(1, { timeoutMs: ARRIVE_MS })
}

async function tryCase(stage: Stage, { name, start = 0, send }: ChunkCase): Promise<Case> {
  const stream = await stage.context.createStream()
  const publisher = await stage.publish(stream)
  await publisher.headers(start)
  await publisher.frame(start)
  const viewer = stage.view(stream)
  try {
    await catchOne(publisher, viewer, start)
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
  const seen = framesOf(viewer.record, publisher.tag)
  // What was sent before the viewer came need not be kept for it.
  const from = Math.min(seen[0]?.number ?? 0, publisher.sent.length - FRAMES)
  const wrong = differenceOf(publisher.sent.slice(from), seen)
  return { name, ok: wrong === null, seen: wrong ?? '' }
}
