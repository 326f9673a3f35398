import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Checks } from './checks.ts'
import { field, rawCall, shown } from './raw-call.ts'

/** A state must show in GET within so many ms of what brought it about. */
export const STATE_DEADLINE_MS = 1_000
/** State is found by polling: the API has no push. */
const POLL_MS = 20

/** Polls GET until `state` shows, and checks that it does in time. */
export async function checkState(
  checks: Checks,
  context: ProbeContext,
  id: string,
  state: string,
  after: string,
): Promise<void> {
  const since = nowMs()
  let seen: unknown
  let askedAt: number
  do {
    // What was asked before the deadline is not the last word.
    askedAt = nowMs()
    seen = field((await rawCall(context, 'GET', `/stream/${id}`)).json, 'state')
    if (seen === state) break
    await delay(POLL_MS, undefined, { signal: context.signal })
  } while (askedAt - since < STATE_DEADLINE_MS)
  checks.that(
    seen === state,
    `${after}: state is ${shown(seen)} instead of "${state}" after ${STATE_DEADLINE_MS} ms`,
  )
}
