import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { setChunkSize } from './craft/chunk.ts'
import { HANDSHAKE_SIZE, simpleHello } from './craft/handshake.ts'
import { pingRequest } from './ping.ts'
import type { RawClient } from './raw-client.ts'
import type { RawPublisher } from './raw-publisher.ts'
import { openConnected } from './raw-session.ts'
import { onStage, type Stage } from './stage.ts'

const HANDSHAKE_S = 5
const PUBLISH_S = 10
const SILENCE_S = 30
/** For timers that look once a second, and a busy machine. */
const MARGIN_S = 2
const EXPECTED =
  `disconnected: an unfinished handshake after ${HANDSHAKE_S} s, a session without publish after ` +
  `${PUBLISH_S} s, a silent publisher after ${SILENCE_S} s; a publisher that sends is not`

export const deadlinesRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.deadlines',
  level: 'must',
  title:
    'An unfinished handshake ends within 5 s, a session without publish within 10 s, a silent publisher within 30 s',
  source: { document: 'liveproof design', clause: 'how media flows in the reference' },
  advice: 'give every state of a session a deadline',
  mutants: [{ kind: 'fault', id: 'no-deadline' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      const url = stream.ingest.rtmp
      const long = Promise.all([
        silentPublisher(stage, 'before media', 0),
        silentPublisher(stage, 'after media', 5),
        slowPublisher(stage),
      ])
      // It may be that nobody waits for them.
      long.catch(() => {})
      const short = await Promise.all([
        ended('nothing at all', HANDSHAKE_S, await stage.open(url)),
        ended('half of C1', HANDSHAKE_S, await halfC1(stage, url)),
        ended('no C2', HANDSHAKE_S, await noC2(stage, url)),
        wish(ended('one byte a second', HANDSHAKE_S, await drip(stage, url))),
        wish(ended('no connect', PUBLISH_S, await greeted(stage, url))),
        wish(ended('no publish', PUBLISH_S, await connected(stage, url))),
        wish(ended('no publish but pings', PUBLISH_S, await pinging(stage, url))),
        wish(stuck(stage, url)),
      ])
      // Whether the long ones hold makes no difference any more, and half a minute to whoever waits.
      if (short.some((it) => !it.ok)) return findingOf(EXPECTED, short)
      return findingOf(EXPECTED, [...short, ...(await long)])
    })
  },
}

async function ended(name: string, seconds: number, client: RawClient | undefined): Promise<Case> {
  if (!client) return { name, ok: false, seen: 'the session did not come that far' }
  const closed = await client.closed((seconds + MARGIN_S) * 1000)
  return { name, ok: closed, seen: `still connected after ${seconds + MARGIN_S} s` }
}

/**
 * How long a session that has begun may be idle is for each server to choose: past our figures it
 * is told of, but breaks nothing. One that never began costs a server all that strangers like.
 */
async function wish(judged: Promise<Case>): Promise<Case> {
  return { ...(await judged), should: true }
}

/** A chunk size of 0 lets no message ever come in again (RTMP 1.0 §5.4.1: at least 1). */
async function stuck(stage: Stage, url: string): Promise<Case> {
  const name = 'a chunk size of 0'
  const client = await connected(stage, url)
  if (!client) return { name, ok: false, seen: 'the session did not come that far' }
  await client.send(setChunkSize(0))
  const transaction = await client.command('createStream', [null])
  const answered = await client.answer(transaction, (PUBLISH_S + MARGIN_S) * 1000)
  const ok = answered !== undefined || client.closedAt !== null
  return { name, ok, seen: `neither served nor ended for ${PUBLISH_S + MARGIN_S} s` }
}

async function halfC1(stage: Stage, url: string): Promise<RawClient> {
  const client = await stage.open(url)
  const { c0, c1 } = simpleHello()
  await client.send(Buffer.concat([c0, c1.subarray(0, 700)]))
  return client
}

async function noC2(stage: Stage, url: string): Promise<RawClient> {
  const client = await stage.open(url)
  const { c0, c1 } = simpleHello()
  await client.send(Buffer.concat([c0, c1]))
  return client
}

/** Something always comes, but it never gets anywhere. */
async function drip(stage: Stage, url: string): Promise<RawClient> {
  const client = await stage.open(url)
  const { c0, c1 } = simpleHello()
  const bytes = Buffer.concat([c0, c1]).subarray(0, HANDSHAKE_SIZE)
  let at = 0
  every(stage, client, 1_000, () => bytes.subarray(at, ++at))
  return client
}

async function greeted(stage: Stage, url: string): Promise<RawClient | undefined> {
  const client = await stage.open(url)
  return (await client.handshake()) && client
}

async function connected(stage: Stage, url: string): Promise<RawClient | undefined> {
  const client = await openConnected(url)
  if (client) stage.atClose(() => client.destroy())
  return client
}

async function pinging(stage: Stage, url: string): Promise<RawClient | undefined> {
  const client = await connected(stage, url)
  if (client) every(stage, client, 1_000, () => pingRequest(1))
  return client
}

async function silentPublisher(stage: Stage, when: string, frames: number): Promise<Case> {
  const publisher = await stage.publish(await stage.context.createStream())
  await publisher.headers()
  for (let number = 0; number < frames; number++) await publisher.frame(number * 33)
  return ended(`a silent publisher, ${when}`, SILENCE_S, publisher.client)
}

/** The other direction: one frame every two seconds is poor, but not silence. */
async function slowPublisher(stage: Stage): Promise<Case> {
  const name = 'a publisher that sends a frame every 2 s'
  const publisher = await stage.publish(await stage.context.createStream())
  await publisher.headers()
  const timer = setInterval(() => void sendNext(publisher), 2_000)
  stage.atClose(() => clearInterval(timer))
  const closed = await publisher.client.closed((SILENCE_S + MARGIN_S) * 1000)
  const after = ((publisher.client.closedAt ?? 0) / 1000).toFixed(1)
  return { name, ok: !closed, seen: `was disconnected after ${after} s` }
}

async function sendNext(publisher: RawPublisher): Promise<void> {
  await publisher.frame(publisher.sent.length * 2_000, { key: true })
}

function every(stage: Stage, client: RawClient, ms: number, bytes: () => Buffer): void {
  const timer = setInterval(() => void client.send(bytes()), ms)
  stage.atClose(() => clearInterval(timer))
}
