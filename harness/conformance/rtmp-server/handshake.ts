import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { type DigestScheme, digestAnswerIsValid, simpleHello } from './craft/handshake.ts'
import type { Greeting, RawClient } from './raw-client.ts'
import { connectObject } from './raw-session.ts'
import { onStage } from './stage.ts'

const EXPECTED =
  'S0 is 3, S2 echoes C1 (or signs it, for a digest client), and `connect` is answered after it'

/** C1 and S2: 4 bytes time, 4 bytes the other's time, 1528 bytes random (RTMP 1.0 §5.2.3–4). */
const ECHO_FROM = 8

type Hello = 'simple' | DigestScheme

export const handshakeRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.handshake',
  level: 'must',
  title: 'S0, S1 and S2 answer the handshake; S2 echoes C1; simple and digest clients are served',
  source: { document: 'RTMP 1.0', clause: '§5.2' },
  advice: 'copy C1 into S2, or sign it where the client sent a digest',
  mutants: [{ kind: 'fault', id: 's2-zero' }],
  async probe(context) {
    const { ingest } = await context.createStream()
    return onStage(context, EXPECTED, async (stage) => {
      const tried = (['simple', 'digest-0', 'digest-1'] as const).map(async (mode) => {
        const client = await stage.open(ingest.rtmp)
        const greeting = await client.handshake(mode)
        return judge(`${mode} handshake`, mode, client, greeting, ingest.rtmp)
      })
      const pieces = async () => {
        const client = await stage.open(ingest.rtmp)
        return judge('handshake in pieces', 'simple', client, await inPieces(client), ingest.rtmp)
      }
      return findingOf(EXPECTED, await Promise.all([...tried, pieces()]))
    })
  },
}

/** C0 and C1 in segments that split every field; TCP promises nothing else. */
async function inPieces(client: RawClient): Promise<Greeting | undefined> {
  const { c0, c1 } = simpleHello()
  const bytes = Buffer.concat([c0, c1])
  let at = 0
  for (const end of [1, 3, 7, 9, 800, 1536, bytes.length]) {
    await client.send(bytes.subarray(at, end))
    await new Promise((resolve) => setImmediate(resolve))
    at = end
  }
  const answer = await client.greeting()
  if (!answer) return undefined
  await client.send(answer.s1.subarray(0, 700))
  await client.send(answer.s1.subarray(700))
  return { c1, ...answer }
}

async function judge(
  name: string,
  mode: Hello,
  client: RawClient,
  greeting: Greeting | undefined,
  url: string,
): Promise<Case> {
  if (!greeting) return { name, ok: false, seen: 'S0, S1 and S2 did not come' }
  if (greeting.s0 !== 3) return { name, ok: false, seen: `S0 is ${greeting.s0}` }
  const { c1, s2 } = greeting
  const signed = mode !== 'simple' && digestAnswerIsValid(c1, mode, s2)
  if (!signed && !s2.subarray(ECHO_FROM).equals(c1.subarray(ECHO_FROM))) {
    return { name, ok: false, seen: 'S2 does not echo the random bytes of C1' }
  }
  if (!signed && !s2.subarray(0, 4).equals(c1.subarray(0, 4))) {
    return { name, ok: false, seen: 'S2 does not repeat the time of C1' }
  }
  const answer = await client.answer(await client.command('connect', [connectObject(url)]))
  return { name, ok: answer !== undefined, seen: '`connect` was not answered afterwards' }
}
