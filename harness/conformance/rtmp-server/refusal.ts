import type { Case } from './cases.ts'
import type { PublishAttempt } from './raw-session.ts'

/** How soon a refused publisher should be disconnected, ms. */
const CLOSE_AFTER_REFUSAL_MS = 3_000

/**
 * A publish that must be refused: no Publish.Start, but an error status or the end of the session.
 * No standard says which (RTMP 1.0 §7.2.2.6 only has the answer to a publish that begins).
 */
export async function refusedCase(
  name: string,
  attempt: PublishAttempt | undefined,
): Promise<Case> {
  if (!attempt) return { name, ok: false, seen: '`connect` or `createStream` was not answered' }
  const codes = codesOf(attempt)
  if (attempt.started) return { name, ok: false, seen: `was answered with ${codes}` }
  const refused = attempt.statuses.some(isRefusal) || (await attempt.client.closed(0))
  return { name, ok: refused, seen: codes ? `was answered with ${codes}` : 'got no answer' }
}

/** A refusal that an encoder can show to whoever sits before it: a status that says why, the end. */
export async function politeRefusal(
  name: string,
  attempt: PublishAttempt | undefined,
): Promise<Case[]> {
  const refused = await refusedCase(name, attempt)
  if (!attempt || !refused.ok) return [refused]
  const seconds = CLOSE_AFTER_REFUSAL_MS / 1000
  return [
    refused,
    {
      name: `the status of ${name}`,
      ok: attempt.statuses.some(isRefusal),
      seen: 'the session was ended without one',
      should: true,
    },
    {
      name: `the end of ${name}`,
      ok: await attempt.client.closed(CLOSE_AFTER_REFUSAL_MS),
      seen: `the connection was still open ${seconds} s after the refusal`,
      should: true,
    },
  ]
}

/** The codes that encoders know: BadName, Denied, Rejected. */
function isRefusal({ level, code }: { level: string; code: string }): boolean {
  return level === 'error' && /^NetStream\.Publish\.(BadName|Denied|Rejected)$/.test(code)
}

function codesOf({ statuses }: PublishAttempt): string {
  return statuses.map(({ level, code }) => `${level} ${code}`).join(', ')
}
