import { Worker } from 'node:worker_threads'
import { nowMs } from '../measure/clock.ts'
import { alarmMemory, NEVER } from './alarm-memory.ts'

/** ms before its time at which it rings: about what it takes until the event loop hears it. */
export const LEAD_MS = 0.3

/**
 * Wakes the event loop at a time, to some tenths of a millisecond. Node's timers know whole
 * milliseconds only, and looking again and again for the rest would take a third of a core from
 * whatever is measured. A thread that sleeps on a futex is precise and takes next to nothing. One
 * serves all links of a process. Until it has started, and where it cannot, a timer does its work.
 */
export class Alarm {
  readonly #memory = alarmMemory()
  readonly #wanted = new Map<object, { at: number; ring: () => void }>()
  /** Null while the thread is not there. */
  #thread: Worker | null = null
  #timer: NodeJS.Timeout | undefined
  #next = Number.POSITIVE_INFINITY

  constructor() {
    const worker = new Worker(new URL('./alarm-thread.ts', import.meta.url), {
      workerData: this.#memory,
    })
    worker.on('message', (message: 'ready' | 'ring') => {
      if (message === 'ready') this.#thread = worker
      this.#rang()
    })
    worker.on('error', () => this.#gone())
    worker.on('exit', () => this.#gone())
    worker.unref()
  }

  /** Calls `ring` shortly before `at` ms of `nowMs`, once, instead of what `who` wanted before. */
  set(who: object, at: number, ring: () => void): void {
    this.#wanted.set(who, { at, ring })
    if (at < this.#next) this.#tell(at)
  }

  cancel(who: object): void {
    this.#wanted.delete(who)
  }

  #gone(): void {
    this.#thread = null
    this.#rang()
  }

  #rang(): void {
    clearTimeout(this.#timer)
    this.#next = Number.POSITIVE_INFINITY
    const until = nowMs() + LEAD_MS
    const due = [...this.#wanted].filter(([, { at }]) => at <= until)
    for (const [who] of due) this.#wanted.delete(who)
    for (const [, { ring }] of due) ring()
    let next = Number.POSITIVE_INFINITY
    for (const { at } of this.#wanted.values()) if (at < next) next = at
    if (next < this.#next) this.#tell(next)
  }

  #tell(at: number): void {
    this.#next = at
    if (this.#thread === null) {
      clearTimeout(this.#timer)
      const wait = Math.max(1, Math.floor(at - LEAD_MS - nowMs()))
      this.#timer = setTimeout(() => this.#rang(), Math.min(wait, 2 ** 31 - 1))
      return
    }
    const { changes, ringAt } = this.#memory
    Atomics.store(ringAt, 0, at < Infinity ? BigInt(Math.round((at - LEAD_MS) * 1e6)) : NEVER)
    Atomics.add(changes, 0, 1)
    Atomics.notify(changes, 0)
  }
}

let shared: Alarm | null = null

/** The one of this process, which starts with its first use. */
export function sharedAlarm(): Alarm {
  shared ??= new Alarm()
  return shared
}
