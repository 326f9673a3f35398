import type { ViewerKind } from '../../load/engine.ts'
import { keyFor, uniform } from '../../network/random.ts'
import type { Arrival } from './thread-messages.ts'

export interface ScheduleOptions {
  readonly kinds: readonly ViewerKind[]
  readonly arrival: 'even' | 'poisson'
  readonly seed: number
}

/**
 * When viewers come, and of which kind: an open-loop schedule, so a target that is slow does not
 * get fewer of them. The same seed makes the same schedule.
 */
export class Schedule {
  readonly #options: ScheduleOptions
  readonly #times: number
  /** Viewers so far, of all kinds and of each. */
  #count = 0
  readonly #ofKind: number[]
  #draws = 0

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#times = keyFor(options.seed, 'arrival')
    this.#ofKind = options.kinds.map(() => 0)
  }

  /** `count` more from `from` (ms of the shared clock) over `rampMs`. */
  next(count: number, from: number, rampMs: number): Arrival[] {
    return this.#offsets(count)
      .map((offset) => from + offset * rampMs)
      .map((at) => this.#arrival(at))
  }

  /** Shares of the ramp, ascending: given their number, arrivals of Poisson are uniform. */
  #offsets(count: number): number[] {
    if (this.#options.arrival === 'even') return Array.from({ length: count }, (_, i) => i / count)
    const draws = Array.from({ length: count }, () => uniform(this.#times, this.#draws++))
    return draws.sort((a, b) => a - b)
  }

  #arrival(at: number): Arrival {
    const kind = this.#kind()
    const url = this.#ofKind[kind]!
    this.#ofKind[kind] = url + 1
    this.#count++
    return { at, kind, url }
  }

  /** The kind that is furthest behind its share. */
  #kind(): number {
    const { kinds } = this.#options
    const total = kinds.reduce((sum, { weight }) => sum + weight, 0)
    const behind = kinds.map(
      ({ weight }, i) => ((this.#count + 1) * weight) / total - this.#ofKind[i]!,
    )
    return behind.indexOf(Math.max(...behind))
  }
}
