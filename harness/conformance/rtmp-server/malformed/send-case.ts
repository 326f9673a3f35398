import { RawClient } from '../raw-client.ts'
import { RawPublisher } from '../raw-publisher.ts'
import { connectObject, createStream, type Place, statuses } from '../raw-session.ts'
import type { MalformedCase } from './malformed-case.ts'

/** What came of one case. */
export type CaseOutcome =
  | 'closed' // the server ended the session
  | 'tolerated' // the session was still open when the time was over
  | 'not-reached' // the server did not let a healthy session come to where the bytes go

/** Bytes that one write may have; longer pieces go out in several. */
const MAX_WRITE = 256 * 1024

/** Brings a healthy session to the case's stage, sends its bytes, and waits at most `waitMs`. */
export async function sendCase(
  it: MalformedCase,
  place: Place,
  waitMs: number,
): Promise<CaseOutcome> {
  const client = await RawClient.open(place.url)
  try {
    if (!(await reach(it, client, place))) return 'not-reached'
    for (const { bytes, times } of it.pieces) {
      if (bytes.length === 0) continue
      const atOnce = Math.max(1, Math.floor(MAX_WRITE / bytes.length))
      for (let left = times; left > 0; left -= atOnce) {
        const block = Buffer.concat(Array.from({ length: Math.min(left, atOnce) }, () => bytes))
        if (!(await client.send(block, waitMs))) return client.closedAt ? 'closed' : 'tolerated'
      }
    }
    return (await client.closed(waitMs)) ? 'closed' : 'tolerated'
  } finally {
    client.destroy()
  }
}

async function reach({ stage }: MalformedCase, client: RawClient, place: Place): Promise<boolean> {
  if (stage === 'open') return true
  if (!(await client.handshake())) return false
  if (stage === 'greeted') return true
  const transaction = await client.command('connect', [connectObject(place.url)])
  if ((await client.answer(transaction))?.name !== '_result') return false
  if (stage === 'connected') return true
  const streamId = await createStream(client)
  if (streamId === undefined) return false
  if (stage === 'created') return true
  await client.command('publish', [null, place.streamName, 'live'], streamId)
  await client.until(() => (statuses(client).length > 0 ? true : undefined), 5_000)
  const publisher = RawPublisher.adopt(client, streamId)
  await publisher.headers()
  await publisher.frame(0)
  return client.closedAt === null
}
