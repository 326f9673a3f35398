import { capabilitiesOf } from '../../targets/capabilities.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { refusedCase } from './refusal.ts'
import { onStage, placeOf, type Stage } from './stage.ts'
import { unknownName } from './unknown-name.ts'

const EXPECTED = 'unknown, locked and deleted streams are refused; a known one is not'

export const unknownKeyRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.unknown-key',
  level: 'must',
  title: 'Unknown, locked and deleted streams refuse a publisher',
  source: { document: 'Core concepts; stream overview', clause: 'stream states' },
  advice: 'look the name up, case-sensitive, before `publish` is answered',
  mutants: [{ kind: 'fault', id: 'accept-any-key' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const names = await unknownNames(stage)
      const { api } = capabilitiesOf(context.target)
      const rest = await Promise.all([
        known(stage),
        ...(api ? [locked(stage), deleted(stage)] : []),
      ])
      const finding = findingOf(EXPECTED, [...names, ...rest])
      if (api) return finding
      const untold = 'locked and deleted streams were not tried: this target has no API'
      return { ...finding, actual: `${finding.actual}; ${untold}` }
    })
  },
}

/** Names that look like a known one. */
async function unknownNames(stage: Stage): Promise<Case[]> {
  const stream = await stage.context.createStream()
  const { name } = stream
  const names = {
    'a name that nobody has': unknownName(name),
    'the name in other case': swapCase(name),
    'the name and one letter more': `${name}x`,
    'the name without its last letter': name.slice(0, -1),
    'the id instead of the name': stream.id,
    'no name': '',
  }
  return Promise.all(
    Object.entries(names).map(async ([what, streamName]) =>
      refusedCase(what, await stage.tryPublish({ url: stream.ingest.rtmp, streamName })),
    ),
  )
}

async function known(stage: Stage): Promise<Case> {
  const attempt = await stage.tryPublish(placeOf(await stage.context.createStream()))
  const name = 'a known name'
  return { name, ok: attempt?.started ?? false, seen: 'was not answered with Publish.Start' }
}

/** Stop & Lock is offered while a stream is live; the publisher that it stops may not come back. */
async function locked(stage: Stage): Promise<Case> {
  const stream = await stage.context.createStream()
  const publisher = await stage.publish(stream)
  await publisher.headers()
  await publisher.frame(0)
  await stage.context.client.lock(stream.id)
  if (!(await publisher.client.closed(3_000))) {
    return { name: 'a locked stream', ok: false, seen: 'its publisher was not disconnected' }
  }
  return refusedCase('a locked stream', await stage.tryPublish(placeOf(stream)))
}

async function deleted(stage: Stage): Promise<Case> {
  const stream = await stage.context.createStream()
  await stage.context.client.deleteStream(stream.id)
  return refusedCase('a deleted stream', await stage.tryPublish(placeOf(stream)))
}

function swapCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  )
}
