import type { EngineHealth } from '../../load/engine.ts'
import { engineHealth } from '../../load/engine-health.ts'
import type { ThreadHealth } from './thread-messages.ts'

/** Past these a thread cannot vouch for what it measured. */
export const SWARM_LIMITS = {
  /** Share of a core that a thread used. */
  cpuShare: 0.9,
  /** ms that an event loop came late, 99 of 100 times at most */
  loopP99Ms: 100,
  /** ms that a viewer was opened after it was due */
  openLateMs: 500,
} as const

export const LOOP_LATE_MAX = 'swarm event loop late, max'
const CPU = 'swarm CPU, busiest thread'

/** Keeps the worst of what the threads say about themselves. */
export class SwarmHealth {
  readonly #byThread: { elapsedMs: number; cpuMs: number }[] = []
  #loopP99Ms = 0
  #loopMaxMs = 0
  #openLateMs = 0
  #threads = 0

  /** CPU counts only while it is measured, not while viewers come. */
  add(threads: readonly ThreadHealth[], ramping: boolean): void {
    this.#threads = threads.length
    for (const [i, thread] of threads.entries()) {
      const sum = this.#byThread[i] ?? { elapsedMs: 0, cpuMs: 0 }
      this.#byThread[i] = sum
      sum.elapsedMs += ramping ? 0 : thread.elapsedMs
      sum.cpuMs += ramping ? 0 : thread.cpuMs
      this.#loopP99Ms = Math.max(this.#loopP99Ms, thread.loopP99Ms)
      this.#loopMaxMs = Math.max(this.#loopMaxMs, thread.loopMaxMs)
      this.#openLateMs = Math.max(this.#openLateMs, thread.openLateMs)
    }
  }

  /** Cores of its busiest thread, out of what it said. */
  static cpuShareOf({ figures }: EngineHealth): number {
    return figures.find(({ name }) => name === CPU)?.value ?? 0
  }

  health(): EngineHealth {
    const shares = this.#byThread.map(({ cpuMs, elapsedMs }) => cpuMs / Math.max(elapsedMs, 1))
    return engineHealth([
      { name: CPU, value: Math.max(0, ...shares), unit: 'share', limit: SWARM_LIMITS.cpuShare },
      {
        name: 'swarm event loop late, p99',
        value: this.#loopP99Ms,
        ...{ unit: 'ms', limit: SWARM_LIMITS.loopP99Ms },
      },
      { name: LOOP_LATE_MAX, value: this.#loopMaxMs, unit: 'ms' },
      {
        name: 'viewers opened late, max',
        value: this.#openLateMs,
        ...{ unit: 'ms', limit: SWARM_LIMITS.openLateMs },
      },
      { name: 'swarm threads', value: this.#threads, unit: 'threads' },
    ])
  }
}
