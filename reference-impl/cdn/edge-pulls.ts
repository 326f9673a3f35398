import { nowMs } from '../clock.ts'
import type { StreamDirectory, StreamEntry, StreamState } from '../live/stream-directory.ts'
import { isStreamName } from '../live/stream-name.ts'
import { EdgePull, type EdgePullOptions, type PullAnswer } from './edge-pull.ts'
import { MAX_PULLS, MAX_REFUSALS, PULL_ANSWER_MS, REFUSAL_KEPT_MS } from './limits.ts'

interface Running {
  readonly pull: EdgePull
  settled: boolean
  usedAt: number
}

/**
 * What an edge knows of streams: those that it pulls, and what the origin said of the others a
 * moment ago. It owns nothing: the origin's word counts, and is soon forgotten.
 */
export class EdgePulls implements StreamDirectory {
  readonly #options: Omit<EdgePullOptions, 'name' | 'onOver'>
  readonly #running = new Map<string, Running>()
  readonly #refused = new Map<string, { readonly state: StreamState | null; until: number }>()

  constructor(options: Omit<EdgePullOptions, 'name' | 'onOver'>) {
    this.#options = options
  }

  /**
   * Somebody asks for this stream: pulls it where it is not pulled yet.
   * @returns what to wait for before the answer; undefined when it is known
   */
  ready(name: string): Promise<void> | undefined {
    if (!isStreamName(name)) return undefined
    const now = nowMs()
    const running = this.#running.get(name)
    if (running !== undefined) {
      running.usedAt = now
      return running.settled ? undefined : answerOf(running.pull)
    }
    const refused = this.#refused.get(name)
    if (refused !== undefined && now < refused.until) return undefined
    this.#refused.delete(name)
    if (this.#running.size >= MAX_PULLS) return undefined
    return answerOf(this.#begin(name, now))
  }

  find(name: string): StreamEntry | undefined {
    if (this.#options.hub.get(name) !== undefined) return { id: name, name, state: 'live' }
    const state = this.#refused.get(name)?.state ?? null
    return state === null ? undefined : { id: name, name, state }
  }

  /** States are changed where they are owned: at the origin. */
  apply(): boolean {
    return false
  }

  /** Commands reach viewers as the end of their stream. */
  onCommand(): void {}

  /** Looks at the deadlines, and lets go of what nobody watches or waits for. `now`: ms */
  tick(now: number): void {
    const { idlePullMs } = this.#options.limits
    for (const running of [...this.#running.values()]) {
      running.pull.tick(now)
      const spareMs = running.settled ? idlePullMs : Math.max(idlePullMs, PULL_ANSWER_MS)
      if (running.pull.viewers > 0) running.usedAt = now
      else if (now - running.usedAt > spareMs) running.pull.drop()
    }
    for (const [name, { until }] of this.#refused) if (now >= until) this.#refused.delete(name)
  }

  /** The origin is back: what was remembered of its absence counts no more. */
  forget(): void {
    this.#refused.clear()
  }

  close(): void {
    for (const { pull } of [...this.#running.values()]) pull.drop()
  }

  #begin(name: string, now: number): EdgePull {
    const pull = new EdgePull({
      ...this.#options,
      name,
      onOver: (over) => {
        if (this.#running.get(name)?.pull === over) this.#running.delete(name)
      },
    })
    const running: Running = { pull, settled: false, usedAt: now }
    this.#running.set(name, running)
    void pull.answered.then((answer) => {
      running.settled = true
      this.#remember(name, answer)
    })
    return pull
  }

  #remember(name: string, answer: PullAnswer): void {
    if (answer.kind === 'live' || this.#refused.size >= MAX_REFUSALS) return
    // An origin that cannot be asked: as far as this edge knows, the stream is not on now.
    const state = answer.kind === 'refused' ? answer.state : 'ended'
    this.#refused.set(name, { state, until: nowMs() + REFUSAL_KEPT_MS })
  }
}

/** Waits for the origin's word, but not for ever. */
function answerOf(pull: EdgePull): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PULL_ANSWER_MS)
    void pull.answered.then(() => {
      clearTimeout(late)
      resolve()
    })
  })
}
