import { nowMs } from '../measure/clock.ts'
import { readProcessStat } from '../measure/process-stat.ts'

/** Of some processes, taken together, over a time. */
export interface ProcessUse {
  /** Cores: 1.5 is one and a half. */
  readonly cpu: number
  /** bytes, at the end */
  readonly rssBytes: number
}

/** CPU and memory of processes from one look to the next. */
export class ProcessMeter {
  readonly #pids: readonly (number | 'self')[]
  #cpuMs = 0
  #at = 0

  constructor(pids: readonly (number | 'self')[]) {
    this.#pids = pids
  }

  /** Since the last look; null where it cannot be seen, and for the first look. */
  async look(): Promise<ProcessUse | null> {
    const stats = await Promise.all(this.#pids.map((pid) => readProcessStat(pid)))
    const seen = stats.filter((stat) => stat !== null)
    if (seen.length === 0) return null
    const cpuMs = seen.reduce((sum, stat) => sum + stat.cpuMs, 0)
    const rssBytes = seen.reduce((sum, stat) => sum + stat.rssBytes, 0)
    const now = nowMs()
    const elapsed = now - this.#at
    const use = { cpu: (cpuMs - this.#cpuMs) / elapsed, rssBytes }
    const first = this.#at === 0
    this.#at = now
    this.#cpuMs = cpuMs
    return first ? null : use
  }
}
