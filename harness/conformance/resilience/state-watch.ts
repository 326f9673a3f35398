import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import { field, rawCall } from '../api/raw-call.ts'
import type { ProbeContext } from '../probe-context.ts'
import { SILENCE_SLACK_MS, STATE_LAG_MS } from './limits.ts'

const POLL_MS = 100
/** Frames that came no further apart than this came continuously. */
const FLOW_GAP_MS = 300

export interface SeenState {
  /** ms of `nowMs`: when it was asked for, and when the answer was there */
  readonly asked: number
  readonly answered: number
  readonly state: unknown
}

type Asking = Pick<ProbeContext, 'target' | 'signal'>

/** Asks the API for the state of a stream all the time; what is no answer is no state. */
export class StateWatch {
  readonly seen: SeenState[] = []
  readonly #stop = new AbortController()
  readonly #done: Promise<void>

  constructor(context: Asking, id: string) {
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

  async #watch({ target }: Asking, id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const asked = nowMs()
      const state = await rawCall({ target, signal }, 'GET', `/stream/${id}`).then(
        ({ json }) => field(json, 'state'),
        (error: Error) => `no answer: ${error.message}`,
      )
      if (!signal.aborted) this.seen.push({ asked, answered: nowMs(), state })
      await delay(POLL_MS, undefined, { signal })
    }
  }
}

/**
 * What the API said against what viewers saw at that moment; empty when all of it is true. A stream
 * is live while frames arrive. It may be live without them for as long as its publisher may be
 * silent; the time counts anew where it became live again, because a publisher has come then.
 * @param arrivals ms of `nowMs`, in order
 * @param silenceMs one of `SILENCE_MS`
 */
export function untrueStates(
  seen: readonly SeenState[],
  arrivals: readonly number[],
  silenceMs: number,
): string[] {
  const flowing = flows(arrivals)
  let liveSince: number | null = null
  return seen.flatMap(({ asked, answered, state }) => {
    if (state !== 'live' && state !== 'ended') return [`the state was ${JSON.stringify(state)}`]
    if (state === 'ended') {
      liveSince = null
      const media = flowing.some(([from, to]) => asked > from + STATE_LAG_MS && answered < to)
      return media ? ['the state was "ended" while frames arrived'] : []
    }
    liveSince ??= asked
    const last = arrivals.findLast((at) => at <= answered) ?? liveSince
    const silent = asked - Math.max(last, liveSince)
    return silent > silenceMs + SILENCE_SLACK_MS
      ? [`the state was "live" ${(silent / 1000).toFixed(1)} s after the last frame`]
      : []
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

/** When each fragment came to any of these viewers, ms of `nowMs`, in order. */
export function arrivalsOf(viewers: readonly Viewer[]): number[] {
  return viewers
    .flatMap(({ record }) =>
      record.events.flatMap((event) =>
        event.type === 'fragment' ? [record.openedAt + event.at] : [],
      ),
    )
    .sort((a, b) => a - b)
}
