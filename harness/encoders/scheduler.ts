import { nowMs } from '../measure/clock.ts'

/** Fires up to this much early (ms): a timer cannot wait for less than 1 ms. */
const EARLY_MS = 0.5

export interface Task {
  /** Does what is due at `now` (ms of `nowMs`) and returns when it is due again; null for never. */
  run(now: number): number | null
}

interface Entry {
  due: number
  readonly task: Task
}

/**
 * One timer for all encoders of the process: an absolute, open-loop schedule, so that a late run
 * never moves the next one.
 */
export class Scheduler {
  /** Binary heap by due time. An entry that is not its task's newest is stale. */
  readonly #heap: Entry[] = []
  readonly #newest = new Map<Task, Entry>()
  #timer: NodeJS.Timeout | null = null
  #timerDue = Infinity

  /** Runs `task` at `due` (ms of `nowMs`) instead of when it was due before. */
  schedule(task: Task, due: number): void {
    const entry = { due, task }
    this.#newest.set(task, entry)
    this.#push(entry)
    this.#arm()
  }

  cancel(task: Task): void {
    this.#newest.delete(task)
    if (this.#newest.size === 0) this.#heap.length = 0
    this.#arm()
  }

  #arm(): void {
    const due = this.#heap[0]?.due ?? Infinity
    if (due === this.#timerDue) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timerDue = due
    this.#timer =
      due === Infinity ? null : setTimeout(() => this.#fire(), Math.max(0, due - nowMs()))
  }

  #fire(): void {
    this.#timerDue = Infinity
    this.#timer = null
    const now = nowMs()
    for (let entry = this.#heap[0]; entry && entry.due <= now + EARLY_MS; entry = this.#heap[0]) {
      this.#pop()
      const { task } = entry
      if (this.#newest.get(task) !== entry) continue
      this.#newest.delete(task)
      const due = task.run(nowMs())
      if (due !== null && !this.#newest.has(task)) {
        const next = { due, task }
        this.#newest.set(task, next)
        this.#push(next)
      }
    }
    this.#arm()
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || above.due <= entry.due) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const right = heap[child + 1]
      if (right && right.due < (heap[child]?.due ?? Infinity)) child++
      const below = heap[child]
      if (!below || below.due >= last.due) break
      heap[at] = below
      at = child
    }
    heap[at] = last
  }
}

/** The process's one scheduler. */
export const scheduler: Scheduler = new Scheduler()
