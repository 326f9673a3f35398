import { z } from 'zod'
import { TargetError } from '../errors.ts'
import type { Target } from '../targets/target.ts'
import { type IngestRecord, ingestRecordSchema } from './ingest-record.ts'

const answerSchema = z.object({ sessions: z.array(ingestRecordSchema) })
const TIMEOUT_MS = 5_000

/**
 * The ingest records of one stream, or of all, oldest first; null where the target keeps none.
 * @throws TargetError `LP_OBSERVE` when the answer is not what it should be
 */
export async function ingestSessions(
  target: Target,
  signal: AbortSignal,
  streamName?: string,
): Promise<IngestRecord[] | null> {
  if (!target.reference) return null
  const address = new URL(`${target.reference.observe}/ingest`)
  if (streamName !== undefined) address.searchParams.set('stream', streamName)
  try {
    const response = await fetch(address, {
      headers: { 'X-BINTU-APIKEY': target.apiKey },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return answerSchema.parse(await response.json()).sessions
  } catch (error) {
    throw new TargetError('LP_OBSERVE', `no ingest record: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
