import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import { field, rawCall } from '../api/raw-call.ts'
import type { ProbeContext } from '../probe-context.ts'
import { STATE_LAG_MS } from './limits.ts'

const POLL_MS = 100
/** Frames that came no further apart than this came continuously. */
const FLOW_GAP_MS = 300

export interface SeenState {
  /** ms of `nowMs`: when it was asked for, and when the answer was there */
  readonly asked: number
  readonly answered: number
  readonly state: unknown
}

/** Asks the API for the state of a stream all the time. */
export class StateWatch {
  readonly seen: SeenState[] = []
  readonly #stop = new AbortController()
  readonly #done: Promise<void>

  constructor(context: ProbeContext, id: string) {
    const signal = AbortSignal.any([context.signal, this.#stop.signal])
    this.#done = this.#watch(context, id, signal).catch(() => {})
  }

  get last(): unknown {
    return this.seen.at(-1)?.state
  }

  /** Whether `state` shows within `ms`. */
  async shows(state: string, ms: number): Promise<boolean> {
    const until = nowMs() + ms
    while (this.last !== state && nowMs() < until) await delay(POLL_MS / 2)
    return this.last === state
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#done
  }

  async #watch(context: ProbeContext, id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const asked = nowMs()
      const { json } = await rawCall(context, 'GET', `/stream/${id}`)
      this.seen.push({ asked, answered: nowMs(), state: field(json, 'state') })
      await delay(POLL_MS, undefined, { signal })
    }
  }
}

/** What the API said against what a viewer saw at that moment; empty when all of it is true. */
export function untrueStates(seen: readonly SeenState[], arrivals: readonly number[]): string[] {
  const flowing = flows(arrivals)
  return seen.flatMap(({ asked, answered, state }) => {
    if (state !== 'live' && state !== 'ended') return [`the state was ${JSON.stringify(state)}`]
    const media = flowing.some(([from, to]) => asked > from + STATE_LAG_MS && answered < to)
    return media && state !== 'live' ? ['the state was "ended" while frames arrived'] : []
  })
}

/** Spans of ms in which frames came without a break. */
function flows(arrivals: readonly number[]): [number, number][] {
  const spans: [number, number][] = []
  for (const at of arrivals) {
    const last = spans.at(-1)
    if (last && at - last[1] <= FLOW_GAP_MS) last[1] = at
    else spans.push([at, at])
  }
  return spans
}

/** When each fragment came, ms of `nowMs`. */
export function arrivalsOf({ record }: Viewer): number[] {
  return record.events.flatMap((event) =>
    event.type === 'fragment' ? [record.openedAt + event.at] : [],
  )
}
