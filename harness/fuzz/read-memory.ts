import { z } from 'zod'
import { TargetError } from '../errors.ts'
import type { Target } from '../targets/target.ts'

/** Memory of the target's process right after a collection of all garbage, MB. */
export interface Memory {
  /** What its code still holds: the heap, and buffers outside it. */
  readonly liveMb: number
  /** Resident, with everything that no collector sees. */
  readonly rssMb: number
}

const answerSchema = z.object({ liveBytes: z.number(), rssBytes: z.number() })
const MB = 2 ** 20
const TIMEOUT_MS = 30_000

/**
 * null where the target does not let its memory be seen, or its process is gone.
 * @throws TargetError `LP_FUZZ_MEMORY` for an answer that is none
 */
export async function readMemory({ reference, apiKey }: Target): Promise<Memory | null> {
  if (reference === undefined) return null
  const answer = await fetch(`${reference.observe}/memory`, {
    headers: { 'X-BINTU-APIKEY': apiKey },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null)
  if (answer === null) return null
  const read = answerSchema.safeParse(await answer.json())
  if (!read.success) {
    throw new TargetError('LP_FUZZ_MEMORY', `no figures of memory: ${answer.status}`)
  }
  const { liveBytes, rssBytes } = read.data
  return { liveMb: liveBytes / MB, rssMb: rssBytes / MB }
}
