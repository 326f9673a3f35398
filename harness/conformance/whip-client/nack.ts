import { evidenceRule } from '../encoder/rule-of.ts'
import { broken, count, holds, skipped } from '../findings.ts'
import { judgeSessions } from '../judge-sessions.ts'
import { framesOf } from '../media-frames.ts'
import { requestsOf, whipSessions } from './whip-events.ts'

const WITHIN_MS = 500
const EXPECTED = 'the packet again within 500 ms of each NACK'

export const nack = evidenceRule(
  {
    id: 'whip.client.nack',
    level: 'should',
    title: 'the client sends lost packets again when NACK asks for them',
    source: { document: 'RFC 4585; RFC 8834', clause: '§6.2.1; §5.1.2' },
    advice: 'Keep the last second of RTP packets and answer generic NACK.',
    mutants: ['ignores-nack'],
  },
  (evidence) => {
    const sessions = whipSessions(evidence)
    if (sessions.length === 0) return skipped(EXPECTED, 'no session came by WHIP')
    return judgeSessions((record) => {
      const end = framesOf(record, 'video').at(-1)?.at ?? 0
      const judged = requestsOf(record, 'nack-probe').filter(
        ({ at, answeredMs }) => answeredMs !== null || at + WITHIN_MS < end,
      )
      if (judged.length === 0) return skipped(EXPECTED, 'no packet was asked for')
      const late = judged.filter(({ answeredMs }) => answeredMs === null || answeredMs > WITHIN_MS)
      if (late.length === 0) {
        const slowest = Math.max(...judged.map(({ answeredMs }) => answeredMs ?? 0))
        return holds(EXPECTED, `after ${slowest} ms (${count(judged.length, 'request')})`)
      }
      const evidenceOf = ({ at, event }: (typeof late)[number]) => ({
        note: `packet ${String(event['sequence'])} was asked for`,
        at,
      })
      return broken(EXPECTED, 'a packet that was asked for did not come', late.map(evidenceOf))
    })({ sessions })
  },
)
