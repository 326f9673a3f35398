import { UsageError } from '../errors.ts'
import { MAX_SCHEDULE_STEPS, RAMP_STEP_MS } from './limits.ts'
import type { Settings, SettingsChange, Step } from './link-spec.ts'

export interface Change {
  /** ms since the timeline began */
  readonly at: number
  readonly set: SettingsChange
}

/**
 * Changes over time, ramps taken as steps of 20 ms, in rounds where it loops. Each round begins
 * with the settings that the timeline started from.
 */
export class Timeline {
  readonly #changes: readonly Change[]
  readonly #loopMs: number | null
  readonly #startedAt: number
  #next = 0
  #round = 0

  /** @throws UsageError `LP_LINK_SCHEDULE` */
  constructor(base: Settings, steps: readonly Step[], loopMs: number | null, startedAt: number) {
    const changes = expand(base, steps)
    const last = changes.at(-1)?.at ?? 0
    if (loopMs !== null && last > loopMs)
      throw bad(`a change at ${last} ms lies behind the end of the round (${loopMs} ms)`)
    this.#changes = loopMs === null ? changes : [{ at: 0, set: restore(base, steps) }, ...changes]
    this.#loopMs = loopMs
    this.#startedAt = startedAt
  }

  /** ms of the link's clock at which the next change is due; Infinity after the last. */
  get nextAt(): number {
    const change = this.#changes[this.#next]
    return change ? this.#startedAt + this.#round * (this.#loopMs ?? 0) + change.at : Infinity
  }

  take(): SettingsChange {
    const change = this.#changes[this.#next++]!
    if (this.#next === this.#changes.length && this.#loopMs !== null) {
      this.#next = 0
      this.#round++
    }
    return change.set
  }
}

/** Steps in order of time, ramps replaced by small steps. */
function expand(base: Settings, steps: readonly Step[]): Change[] {
  const changes: Change[] = []
  let settings = base
  let free = 0
  for (const { atMs, rampMs, set } of steps) {
    if (atMs < free) throw bad(`the change at ${atMs} ms begins before the one before it has ended`)
    if (rampMs) {
      const from = settings
      const count = Math.ceil(rampMs / RAMP_STEP_MS)
      for (let i = 1; i < count; i++)
        changes.push({ at: atMs + i * RAMP_STEP_MS, set: between(from, set, i / count) })
    }
    changes.push({ at: atMs + (rampMs ?? 0), set })
    free = atMs + (rampMs ?? 0)
    settings = { ...settings, ...set } as Settings
    if (changes.length > MAX_SCHEDULE_STEPS) throw bad('more steps than a schedule may have')
  }
  return changes
}

/** What can lie between two settings does; the rest waits for the end of the ramp. */
function between(from: Settings, to: SettingsChange, share: number): SettingsChange {
  const line = (a: number, b: number) => a + (b - a) * share
  const set: SettingsChange = {}
  if (to.delayMs !== undefined) set.delayMs = line(from.delayMs, to.delayMs)
  if (typeof to.rateKbps === 'number' && from.rateKbps !== null)
    set.rateKbps = line(from.rateKbps, to.rateKbps)
  if (to.loss) {
    const a = chance(from.loss)
    const b = chance(to.loss)
    if (a !== null && b !== null) set.loss = [{ kind: 'bernoulli', p: line(a, b) }]
  }
  return set
}

function chance(loss: Settings['loss']): number | null {
  const [only, ...more] = loss
  if (!only) return 0
  return only.kind === 'bernoulli' && more.length === 0 ? only.p : null
}

function restore(base: Settings, steps: readonly Step[]): SettingsChange {
  const touched = new Set(steps.flatMap(({ set }) => Object.keys(set)))
  return Object.fromEntries(Object.entries(base).filter(([name]) => touched.has(name)))
}

function bad(why: string): UsageError {
  return new UsageError('LP_LINK_SCHEDULE', why)
}
