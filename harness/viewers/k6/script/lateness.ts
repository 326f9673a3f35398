import { Trend } from 'k6/metrics'
import { Buckets } from './buckets.ts'

const late = new Trend('lp_timer_late', true)

/** Few enough not to be a load of their own, ms. */
const EVERY_MS = 250

/** How late k6 was itself, as it is printed. */
export interface LatenessLine {
  /** ms from when the viewer was due until it asked. */
  readonly openedMs: number
  /** Of its timers: pairs of bucket and count, see buckets.ts. */
  readonly timers: [number, number][]
}

/**
 * A timer in each viewer that tells how late k6 comes to it. A k6 that has no core, or more to do
 * than it can, is late here as much as it is late to read from its sockets.
 */
export class Lateness {
  readonly #timers = new Buckets()
  #openedMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param dueMs wall clock at which the viewer should have begun */
  begin(dueMs: number): void {
    const now = Date.now()
    this.#openedMs = Math.max(0, now - dueMs)
    this.#wait(now + EVERY_MS)
  }

  end(): LatenessLine {
    clearTimeout(this.#timer)
    return { openedMs: this.#openedMs, timers: this.#timers.entries() }
  }

  #wait(dueMs: number): void {
    this.#timer = setTimeout(() => {
      let next = dueMs
      // Those that should have come meanwhile count too: one long halt is not one late timer.
      for (; next <= Date.now(); next += EVERY_MS) {
        late.add(Date.now() - next)
        this.#timers.add((Date.now() - next) * 1000)
      }
      this.#wait(next)
    }, dueMs - Date.now())
  }
}
