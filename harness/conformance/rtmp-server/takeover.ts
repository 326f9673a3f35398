import { TargetError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { HealthyPair } from './healthy-pair.ts'
import { RawPublisher } from './raw-publisher.ts'
import { onStage, placeOf, type Stage } from './stage.ts'
import { framesOf } from './witness.ts'

/** A server may want up to this much silence before it lets another publisher in, ms. */
const LATEST_MS = 10_000
const RETRY_MS = 500
const EXPECTED =
  `a publisher that has been silent for at most ${LATEST_MS / 1000} s is replaced by the next one, ` +
  'is disconnected, and the viewer goes on with the new one'

export const takeoverRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.takeover',
  level: 'must',
  title: 'A silent publisher is replaced after some seconds; viewers stay',
  source: { document: 'liveproof design', clause: 'the stream state machine' },
  advice: 'let a publisher in when the one before has sent nothing for about 3 s',
  mutants: [{ kind: 'fault', id: 'refuse-forever' }],
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const pair = await HealthyPair.start(stage)
      await pair.viewer.frames(10)
      pair.silence()
      const silentSince = nowMs()
      const next = await insist(stage, pair, silentSince + LATEST_MS)
      if (!next) {
        const actual = `still refused after ${LATEST_MS / 1000} s of silence`
        return { result: 'broken', expected: EXPECTED, actual }
      }
      const after = ((nowMs() - silentSince) / 1000).toFixed(1)
      const finding = findingOf(EXPECTED, await judge(pair, next))
      return finding.result === 'holds'
        ? { ...finding, actual: `replaced after ${after} s of silence; the viewer went on` }
        : finding
    })
  },
}

/** An encoder that lost its connection knocks until it is let in. */
async function insist(
  stage: Stage,
  pair: HealthyPair,
  deadline: number,
): Promise<RawPublisher | undefined> {
  while (nowMs() < deadline) {
    const attempt = await stage.tryPublish(placeOf(pair.stream))
    if (attempt?.started) return RawPublisher.adopt(attempt.client, attempt.streamId)
    await stage.pause(RETRY_MS)
  }
  return undefined
}

async function judge(pair: HealthyPair, next: RawPublisher): Promise<Case[]> {
  await next.headers()
  for (let number = 0; number < 10; number++) await next.frame(number * 33)
  const arrived = () => (framesOf(pair.viewer.record, next.tag).length >= 10 ? true : undefined)
  let seen = ''
  try {
    await pair.viewer.until(arrived, { timeoutMs: 5_000 })
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    seen = error.message
  }
  return [
    { name: 'the viewer', ok: seen === '' && pair.viewer.record.close === null, seen },
    {
      name: 'the silent publisher',
      ok: await pair.publisher.client.closed(3_000),
      seen: 'was not disconnected',
    },
  ]
}
