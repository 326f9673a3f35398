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
  /** ms of CPU that each had used; one that ended must not take back what it used. */
  readonly #cpuMs = new Map<number | 'self', number>()
  #at = 0

  constructor(pids: readonly (number | 'self')[]) {
    this.#pids = pids
  }

  /** Since the last look; null where it cannot be seen, and for the first look. */
  async look(): Promise<ProcessUse | null> {
    const stats = await Promise.all(
      this.#pids.map(async (pid) => [pid, await readProcessStat(pid)] as const),
    )
    let cpuMs = 0
    let rssBytes = 0
    let seen = 0
    for (const [pid, stat] of stats) {
      if (stat === null) continue
      seen++
      cpuMs += stat.cpuMs - (this.#cpuMs.get(pid) ?? 0)
      rssBytes += stat.rssBytes
      this.#cpuMs.set(pid, stat.cpuMs)
    }
    if (seen === 0) return null
    const now = nowMs()
    const elapsed = now - this.#at
    const use = { cpu: cpuMs / elapsed, rssBytes }
    const first = this.#at === 0
    this.#at = now
    return first ? null : use
  }
}
