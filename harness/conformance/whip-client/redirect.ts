import { evidenceRule } from '../encoder/rule-of.ts'
import { broken, holds, seconds, skipped } from '../findings.ts'
import { offerOf } from './whip-events.ts'

/** ms within which a client that follows has made its next request. */
const FOLLOWED_WITHIN_MS = 5_000
const EXPECTED = 'the offer is sent again to the address of the redirect, within 5 s'

export const redirect = evidenceRule(
  {
    id: 'whip.client.redirect',
    level: 'must',
    title: 'the client follows 307 and 308 to the ingest that was chosen for it',
    source: { document: 'RFC 9725', clause: '§4.5' },
    advice: 'Follow redirects of the POST, with method, body and Authorization as they were.',
    mutants: ['no-redirect'],
  },
  ({ sessions }) => {
    const redirects = sessions.filter(({ events }) =>
      events.some(({ type, method }) => type === 'whip-redirect' && method === 'POST'),
    )
    const [first] = redirects
    if (!first) return skipped(EXPECTED, 'nobody was redirected')
    for (const { stream, openedAt } of redirects) {
      const followed = sessions.find(
        (record) =>
          record.stream === stream &&
          record.openedAt >= openedAt &&
          record.openedAt <= openedAt + FOLLOWED_WITHIN_MS &&
          offerOf(record)?.redirected,
      )
      if (followed) continue
      const note = `nothing came within ${seconds(FOLLOWED_WITHIN_MS)} of the redirect`
      return broken(EXPECTED, 'the redirect was not followed', [{ note, at: 0 }])
    }
    return holds(EXPECTED, 'as expected')
  },
)
