import { evidenceRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import { judgeSessions } from '../judge-sessions.ts'
import { whipSessions } from './whip-events.ts'

const EXPECTED = 'DELETE on the address of the session when the broadcast stops'
/** Ends that are the client's doing. */
const BY_CLIENT: readonly string[] = ['unpublished', 'disconnected', 'consent-expired']

export const stop = evidenceRule(
  {
    id: 'whip.client.stop',
    level: 'should',
    title: 'the client deletes its session when it stops',
    source: { document: 'RFC 9725', clause: '§4.2' },
    advice: 'Send DELETE to the Location of the answer, so that viewers see the end at once.',
    mutants: ['no-delete'],
  },
  (evidence) => {
    const ended = whipSessions(evidence).filter(
      ({ closeReason }) => closeReason !== null && BY_CLIENT.includes(closeReason),
    )
    // Of several connections the last one was stopped; the others may have been lost.
    const last = ended.at(-1)
    if (!last) return skipped(EXPECTED, 'no session was ended by the client')
    return judgeSessions((record) => {
      if (record.events.some(({ type }) => type === 'whip-delete')) {
        return holds(EXPECTED, 'as expected')
      }
      const at = (record.closedAt ?? 0) - record.openedAt
      return broken(EXPECTED, 'no DELETE', [{ note: 'the connection closed without a word', at }])
    })({ sessions: [last] })
  },
)
