import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import type { RawClient } from './raw-client.ts'
import { createStream, isStart, openConnected, statuses } from './raw-session.ts'
import { politeRefusal } from './refusal.ts'
import { onStage, placeOf } from './stage.ts'
import { unknownName } from './unknown-name.ts'

const EXPECTED =
  'exactly one NetStream.Publish.Start for a known stream, after `publish`; ' +
  'an error status and a closed connection for an unknown one, with no Start before it'

export const publishDecisionRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.publish-decision',
  level: 'must',
  title: 'No Publish.Start comes before the decision; a refusal is an error status, then the end',
  source: { document: 'RTMP 1.0', clause: '§7.2.2.6' },
  advice: 'decide first; answer `publish` with one status, and close after a refusal',
  mutants: [{ kind: 'fault', id: 'start-before-auth' }],
  async probe(context) {
    const stream = await context.createStream()
    const place = placeOf(stream)
    return onStage(context, EXPECTED, async (stage) => {
      const unknown = { ...place, streamName: unknownName(stream.name) }
      const refused = await politeRefusal('an unknown stream', await stage.tryPublish(unknown))
      const client = await openConnected(place.url)
      if (!client) {
        return { result: 'broken', expected: EXPECTED, actual: '`connect` was not answered' }
      }
      stage.atClose(() => client.destroy())
      return findingOf(EXPECTED, [...refused, ...(await knownStream(client, place.streamName))])
    })
  },
}

/** Everything up to `publish`, then something legal: only its answer may come, and no Start. */
async function knownStream(client: RawClient, streamName: string): Promise<Case[]> {
  await client.command('releaseStream', [null, streamName])
  await client.command('FCPublish', [null, streamName])
  const streamId = await createStream(client)
  if (streamId === undefined) return [{ name: 'createStream', ok: false, seen: 'no stream id' }]
  const early = await createStream(client)
  const before = statuses(client)

  await client.command('publish', [null, streamName, 'live'], streamId)
  await client.until(() => (statuses(client).length > before.length ? true : undefined), 5_000)
  const late = await createStream(client)
  const starts = statuses(client).filter(isStart)
  return [
    { name: 'before publish', ok: before.length === 0, seen: `came ${before[0]?.code}` },
    { name: 'a request before publish', ok: early !== undefined, seen: 'was not answered' },
    { name: 'known stream', ok: starts.length === 1, seen: `${starts.length} Publish.Start came` },
    {
      name: 'level of the status',
      ok: starts[0]?.level === 'status',
      seen: `level "${starts[0]?.level ?? ''}"`,
    },
    { name: 'a request after publish', ok: late !== undefined, seen: 'was not answered' },
  ]
}
