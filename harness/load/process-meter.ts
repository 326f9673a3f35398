import { nowMs } from '../measure/clock.ts'
import { readProcessStat } from '../measure/process-stat.ts'

/** Of one process over a time. */
export interface ProcessUse {
  /** Cores: 1.5 is one and a half. */
  readonly cpu: number
  /** bytes, at the end */
  readonly rssBytes: number
}

/** CPU and memory of a process from one look to the next. */
export class ProcessMeter {
  readonly #pid: number | 'self'
  #cpuMs = 0
  #at = 0

  constructor(pid: number | 'self') {
    this.#pid = pid
  }

  /** Since the last look; null where it cannot be seen, and for the first look. */
  async look(): Promise<ProcessUse | null> {
    const stat = await readProcessStat(this.#pid)
    if (stat === null) return null
    const now = nowMs()
    const elapsed = now - this.#at
    const use = { cpu: (stat.cpuMs - this.#cpuMs) / elapsed, rssBytes: stat.rssBytes }
    const first = this.#at === 0
    this.#at = now
    this.#cpuMs = stat.cpuMs
    return first ? null : use
  }
}
