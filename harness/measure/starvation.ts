import { nowMs } from './clock.ts'
import { readProcessStat } from './process-stat.ts'

/** ms between two looks. */
const LOOK_MS = 100
/** ms of the window in which waiting is counted. */
const WINDOW_MS = 1_000

interface Look {
  readonly at: number
  readonly waitedMs: number
}

/**
 * Watches how long another process was ready to run and got no core: that is the machine's doing,
 * never the process's own.
 */
export class StarvationWatch {
  readonly #pid: number
  readonly #timer: NodeJS.Timeout
  #looks: Look[] = []
  #worst = 0
  #looking = false

  constructor(pid: number) {
    this.#pid = pid
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref()
    void this.#look()
  }

  /** Share of its worst second that it had to wait; 0 where the kernel does not tell. Idempotent. */
  async stop(): Promise<number> {
    clearInterval(this.#timer)
    await this.#look()
    return this.#worst
  }

  async #look(): Promise<void> {
    // A look that is still under way would be dated before one that overtook it.
    if (this.#looking) return
    this.#looking = true
    const stat = await readProcessStat(this.#pid)
    this.#looking = false
    if (stat?.waitedMs == null) return
    const now: Look = { at: nowMs(), waitedMs: stat.waitedMs }
    this.#worst = Math.max(this.#worst, worstShare(this.#looks, now))
    this.#looks = [...this.#looks.filter(({ at }) => now.at - at < WINDOW_MS + LOOK_MS), now]
  }
}

/** Of the time between each earlier look, a window ago or longer, and this one. */
export function worstShare(earlier: readonly Look[], { at, waitedMs }: Look): number {
  const shares = earlier
    .filter((look) => at - look.at >= WINDOW_MS)
    .map((look) => (waitedMs - look.waitedMs) / (at - look.at))
  return Math.max(0, ...shares)
}
