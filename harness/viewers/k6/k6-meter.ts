import type { ProcessUse } from '../../load/process-meter.ts'
import { readProcessStat, readThreadWaits } from '../../measure/process-stat.ts'

/** What a process of k6 cost. */
export interface K6Cost {
  /** ms of CPU, from its start to its end */
  readonly cpuMs: number
  readonly peakRssBytes: number
  /** While all viewers were there; null when that was too short to be read. */
  readonly hold: {
    /** ms over which the others were taken */
    readonly ms: number
    /** Cores that it used. */
    readonly cpu: number
    /** Mean number of its threads that were ready to run and had no core. */
    readonly waiting: number
  } | null
}

interface Reading {
  /** ms of our clock */
  readonly at: number
  readonly cpuMs: number
  readonly rssBytes: number
  /** Of all threads, also of those that ended since. */
  readonly waitedMs: number
}

const INTERVAL_MS = 200
/** Readings over which the use of now is taken: a tick of CPU time is 10 ms. */
const READINGS_OF_NOW = 5
/** The last part of a plateau is left out, in which viewers leave. */
const COUNTED_SHARE = 0.8

/** Looks at a process of k6 until it is stopped. */
export class K6Meter {
  readonly #pid: number
  readonly #readings: Reading[] = []
  readonly #waits = new Map<string, number>()
  readonly #timer: NodeJS.Timeout
  #waitedMs = 0

  constructor(pid: number) {
    this.#pid = pid
    this.#timer = setInterval(() => void this.#read(), INTERVAL_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Of about the last second; null: not known yet. */
  now(): ProcessUse | null {
    const [first, last] = [this.#readings.at(-READINGS_OF_NOW), this.#readings.at(-1)]
    if (!first || !last) return null
    return { cpu: (last.cpuMs - first.cpuMs) / (last.at - first.at), rssBytes: last.rssBytes }
  }

  /** @param from ms of our clock at which the plateau began, which lasts `holdMs` */
  cost(from: number, holdMs: number): K6Cost {
    const until = from + holdMs * COUNTED_SHARE
    const held = this.#readings.filter(({ at }) => at >= from && at <= until)
    const [first, last] = [held[0], held.at(-1)]
    const ms = first && last ? last.at - first.at : 0
    return {
      cpuMs: this.#readings.at(-1)?.cpuMs ?? 0,
      peakRssBytes: this.#readings.reduce((most, { rssBytes }) => Math.max(most, rssBytes), 0),
      hold:
        first && last && ms > 0
          ? {
              ms,
              cpu: (last.cpuMs - first.cpuMs) / ms,
              waiting: (last.waitedMs - first.waitedMs) / ms,
            }
          : null,
    }
  }

  async #read(): Promise<void> {
    const [stat, waits] = await Promise.all([
      readProcessStat(this.#pid),
      readThreadWaits(this.#pid),
    ])
    if (!stat) return
    for (const [thread, waitedMs] of waits) {
      this.#waitedMs += Math.max(0, waitedMs - (this.#waits.get(thread) ?? 0))
      this.#waits.set(thread, waitedMs)
    }
    const { cpuMs, rssBytes } = stat
    this.#readings.push({ at: performance.now(), cpuMs, rssBytes, waitedMs: this.#waitedMs })
  }
}
