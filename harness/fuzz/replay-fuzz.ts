import { BintuClient } from '../targets/bintu-client.ts'
import type { Target } from '../targets/target.ts'
import type { FuzzKind } from './fuzz-input.ts'
import { fuzzInputs } from './fuzz-inputs.ts'
import { addressOf } from './fuzz-part.ts'
import { requireLoopback } from './loopback.ts'
import { send } from './send-fuzz.ts'

export interface Replay {
  readonly index: number
  readonly outcome: 'closed' | 'lingering' | 'unreachable'
  /** What is wrong with the answer; null when nothing is. */
  readonly what: string | null
}

/**
 * Sends inputs of an earlier run again, one after the other, and stops at the first after which
 * the target can no longer be reached. Names of streams differ from run to run; the rest does not.
 * @throws UsageError LP_FUZZ_NOT_LOOPBACK
 */
export async function replayFuzz(options: {
  readonly target: Target
  readonly kind: FuzzKind
  readonly seed: number
  readonly indexes: readonly number[]
}): Promise<Replay[]> {
  const { target, kind, seed, indexes } = options
  requireLoopback(target.api)
  const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
  const stream = await client.createStream()
  const place = addressOf(kind, target, [stream])
  requireLoopback(`http://${place.host.includes(':') ? `[${place.host}]` : place.host}`)
  const input = fuzzInputs[kind]
  const replays: Replay[] = []
  for (const index of indexes) {
    const { outcome, what } = await send(input, place, input.build(seed, index, place), 'fin')
    replays.push({ index, outcome, what })
    if (outcome === 'unreachable') break
  }
  return replays
}
