import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { amf0All } from './craft/amf0.ts'
import { chunked, MESSAGE } from './craft/chunk.ts'
import { HealthyPair } from './healthy-pair.ts'
import { ping } from './ping.ts'
import type { RawClient } from './raw-client.ts'
import { RawPublisher } from './raw-publisher.ts'
import { createStream, openConnected } from './raw-session.ts'
import { onStage, type Stage } from './stage.ts'
import { framesOf } from './witness.ts'

const EXPECTED = 'no frame of any session but the publisher reaches the viewer'
/** What an intruder sends, one second of it. */
const FRAMES = 30

/** Brings an intruder to where it injects; `ids` are the message streams that it tries. */
interface Intrusion {
  readonly name: string
  enter(stage: Stage, pair: HealthyPair): Promise<{ client: RawClient; ids: number[] } | undefined>
}

const intrusions: readonly Intrusion[] = [
  {
    name: 'a session that never asked to publish',
    async enter(_stage, pair) {
      const client = await openConnected(pair.stream.ingest.rtmp)
      return client && { client, ids: [0, 1, pair.publisher.streamId, 2] }
    },
  },
  {
    name: 'a session that was not even connected',
    async enter(stage, pair) {
      const client = await stage.open(pair.stream.ingest.rtmp)
      return (await client.handshake()) && { client, ids: [1, pair.publisher.streamId] }
    },
  },
  {
    name: 'a session with a stream that it did not publish',
    async enter(_stage, pair) {
      const client = await openConnected(pair.stream.ingest.rtmp)
      const id = client && (await createStream(client))
      return client && id !== undefined ? { client, ids: [id, id + 1] } : undefined
    },
  },
  {
    name: 'an RTMP viewer',
    async enter(_stage, pair) {
      const client = await openConnected(pair.stream.playout.rtmp.url)
      const id = client && (await createStream(client))
      if (!client || id === undefined) return undefined
      await client.command('play', [null, pair.stream.name], id)
      await ping(client, 3)
      return { client, ids: [id, 1] }
    },
  },
  {
    name: 'a publisher that is being refused',
    async enter(_stage, pair) {
      const client = await openConnected(pair.stream.ingest.rtmp)
      const id = client && (await createStream(client))
      if (!client || id === undefined) return undefined
      // Not awaited on purpose: the media follow before the refusal can come back.
      const body = amf0All('publish', 5, null, pair.stream.name, 'live')
      await client.send(
        chunked(
          { type: MESSAGE.command, stream: id, timestamp: 0, body },
          { csid: 8, chunkSize: 128 },
        ),
      )
      return { client, ids: [id] }
    },
  },
]

export const onePublisherRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.one-publisher',
  level: 'must',
  title: 'Media from any other session reaches no viewer',
  source: { document: 'liveproof design', clause: 'the stream state machine' },
  advice: 'take media only from the session and message stream that Publish.Start was said to',
  mutants: [{ kind: 'fault', id: 'viewer-injects' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const pair = await HealthyPair.start(stage)
      const cases: Case[] = []
      for (const intrusion of intrusions) cases.push(await attempt(stage, pair, intrusion))
      const harm = await pair.harm()
      cases.push({ name: 'the publisher', ok: harm === null, seen: harm ?? '' })
      return findingOf(EXPECTED, cases)
    })
  },
}

async function attempt(stage: Stage, pair: HealthyPair, intrusion: Intrusion): Promise<Case> {
  const { name } = intrusion
  const entered = await intrusion.enter(stage, pair)
  // A server that does not let it in this far leaves nothing to inject.
  if (!entered) return { name, ok: true }
  stage.atClose(() => entered.client.destroy())
  const tags: string[] = []
  for (const id of entered.ids) {
    const intruder = RawPublisher.adopt(entered.client, id)
    tags.push(intruder.tag)
    await intruder.headers()
    for (let number = 0; number < FRAMES; number++) await intruder.frame(number * 33)
  }
  // The publisher's own next frames come after whatever the intruder may have got through.
  await pair.harm()
  const through = tags.reduce((sum, tag) => sum + framesOf(pair.viewer.record, tag).length, 0)
  return { name, ok: through === 0, seen: `${through} of its frames reached the viewer` }
}
