import type { Case } from './cases.ts'
import type { PublishAttempt } from './raw-session.ts'

/** How soon a refused publisher must be disconnected, ms. */
export const CLOSE_AFTER_REFUSAL_MS = 3_000

/** A publish that must be refused: an error status, no Publish.Start, then the end. */
export async function refusedCase(
  name: string,
  attempt: PublishAttempt | undefined,
): Promise<Case> {
  if (!attempt) return { name, ok: false, seen: '`connect` or `createStream` was not answered' }
  const codes = attempt.statuses.map(({ level, code }) => `${level} ${code}`).join(', ')
  if (attempt.started) return { name, ok: false, seen: `was answered with ${codes}` }
  const refused = attempt.statuses.some(
    ({ level, code }) => level === 'error' && code === 'NetStream.Publish.BadName',
  )
  if (!refused) {
    return { name, ok: false, seen: codes ? `was answered with ${codes}` : 'got no onStatus' }
  }
  const closed = await attempt.client.closed(CLOSE_AFTER_REFUSAL_MS)
  const seen = `the connection was still open ${CLOSE_AFTER_REFUSAL_MS / 1000} s after the refusal`
  return { name, ok: closed, seen }
}
