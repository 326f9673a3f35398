import { setTimeout as delay } from 'node:timers/promises'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { whipRule } from './whip-rule.ts'

const GONE_ON_FRAMES = 30

export const duplicate = whipRule(
  {
    id: 'whip.server.duplicate',
    level: 'must',
    title: 'A live publisher keeps its stream; the second is refused',
    source: { document: 'liveproof design', clause: 'the stream state machine' },
    advice: 'answer 409 Conflict while media of another session arrives',
    mutants: [{ kind: 'fault', id: 'hijack' }],
    expected: 'the second publisher gets 4xx; the first one goes on',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const first = await stage.context.publish(place.stream, {
      profile: 'osprey-talon',
      protocol: 'whip',
    })
    await delay(500, undefined, { signal: stage.signal })
    const second = await stage.attempt(place)
    const { status } = second.reply
    const cases: Case[] = [
      { name: 'a second publisher', ok: status >= 400 && status < 500, seen: `answered ${status}` },
    ]
    const sent = first.stats.framesSent
    const gone = await Promise.race([
      first.closed.then(({ reason }) => reason),
      delay(1_500, null, { signal: stage.signal }),
    ])
    const goesOn = gone === null && first.stats.reconnects === 0
    const frames = first.stats.framesSent - sent >= GONE_ON_FRAMES
    cases.push({
      name: 'the first publisher',
      ok: goesOn && frames,
      seen: gone === null ? 'lost its connection' : `ended: ${gone}`,
    })
    return findingOf(expected, cases)
  },
)
