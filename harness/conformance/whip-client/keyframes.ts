import { evidenceRule } from '../encoder/rule-of.ts'
import { broken, count, holds, skipped } from '../findings.ts'
import { judgeSessions } from '../judge-sessions.ts'
import { framesOf } from '../media-frames.ts'
import { requestsOf, whipSessions } from './whip-events.ts'

const WITHIN_MS = 1_000
const EXPECTED = 'a key frame within 1 s of each Picture Loss Indication'

export const keyframes = evidenceRule(
  {
    id: 'whip.client.keyframes',
    level: 'must',
    title: 'the client answers PLI and FIR with a key frame within 1 s',
    source: { document: 'RFC 4585; RFC 8834', clause: '§6.3.1; §5.1.1' },
    advice: 'Make the encoder start a new group of pictures when PLI or FIR arrives.',
    mutants: ['ignores-pli'],
  },
  (evidence) => {
    const sessions = whipSessions(evidence)
    if (sessions.length === 0) return skipped(EXPECTED, 'no session came by WHIP')
    return judgeSessions((record) => {
      // Who sends nothing any more answers nothing.
      const end = framesOf(record, 'video').at(-1)?.at ?? 0
      const judged = requestsOf(record, 'pli')
        .filter(({ event }) => event['reason'] !== 'start')
        .filter(({ at, answeredMs }) => answeredMs !== null || at + WITHIN_MS < end)
      if (judged.length === 0) return skipped(EXPECTED, 'no key frame was asked for')
      const late = judged.filter(({ answeredMs }) => answeredMs === null || answeredMs > WITHIN_MS)
      if (late.length === 0) {
        const slowest = Math.max(...judged.map(({ answeredMs }) => answeredMs ?? 0))
        return holds(EXPECTED, `after ${slowest} ms at most (${count(judged.length, 'request')})`)
      }
      const actual = `${late.length} of ${count(judged.length, 'request')} not answered in time`
      return broken(
        EXPECTED,
        actual,
        late.map(({ at, answeredMs }) => ({
          note:
            answeredMs === null ? 'no key frame came' : `a key frame came after ${answeredMs} ms`,
          at,
        })),
      )
    })({ sessions })
  },
)
