import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import type { ProbeContext } from '../probe-context.ts'

const POLL_MS = 25

/** The stream's state once it is `wanted`, or what it is after `ms`. */
export async function stateWithin(
  context: ProbeContext,
  id: string,
  wanted: string,
  ms: number,
): Promise<string> {
  const until = nowMs() + ms
  for (;;) {
    const askedAt = nowMs()
    const { state } = await context.client.getStream(id)
    if (state === wanted || askedAt >= until) return state
    await delay(POLL_MS, undefined, { signal: context.signal })
  }
}
