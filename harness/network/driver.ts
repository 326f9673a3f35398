import { nowMs } from '../measure/clock.ts'
import type { Agenda } from './agenda.ts'

/** ms that the timer ends before the event, so that a late timer does not make the event late. */
const EARLY_MS = 0.25

/**
 * Drives an agenda in real time. It sleeps in a timer until less than a millisecond is left, and
 * only then looks again and again, between other work; with nothing due it does nothing.
 */
export class Driver {
  readonly #agenda: Agenda
  readonly #openedAt = nowMs()
  #timer: NodeJS.Timeout | null = null
  #immediate: NodeJS.Immediate | null = null
  #armedFor = Infinity
  #running = false
  #stopped = false

  constructor(agenda: Agenda) {
    this.#agenda = agenda
    agenda.onEarlier = (at) => {
      if (!this.#running) this.#arm(at)
    }
  }

  /** ms of `nowMs` at which the link opened. */
  get openedAt(): number {
    return this.#openedAt
  }

  /** ms since the link opened */
  now(): number {
    return nowMs() - this.#openedAt
  }

  /** Does what was due until now, then `work` at now, then what follows from it at once. */
  enter(work: (now: number) => void): void {
    if (this.#stopped) return
    const now = this.now()
    if (this.#running) {
      work(now)
      return
    }
    this.#run(now)
    work(now)
    this.#run(now)
    this.#arm(this.#agenda.next)
  }

  stop(): void {
    this.#stopped = true
    this.#agenda.onEarlier = null
    this.#agenda.clear()
    this.#disarm()
  }

  #run(now: number): void {
    if (this.#agenda.next > now) return
    this.#running = true
    try {
      this.#agenda.runUntil(now)
    } finally {
      this.#running = false
    }
  }

  #arm(at: number): void {
    if (this.#stopped || at === this.#armedFor) return
    this.#disarm()
    this.#armedFor = at
    if (at === Infinity) return
    const wait = Math.floor(at - this.now() - EARLY_MS)
    // A timer waits for whole milliseconds, and never for less than one.
    if (wait >= 1) this.#timer = setTimeout(() => this.#fire(), Math.min(wait, 2 ** 31 - 1))
    else this.#immediate = setImmediate(() => this.#fire())
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#immediate) clearImmediate(this.#immediate)
    this.#timer = null
    this.#immediate = null
    this.#armedFor = Infinity
  }

  #fire(): void {
    this.#timer = null
    this.#immediate = null
    this.#armedFor = Infinity
    this.#run(this.now())
    this.#arm(this.#agenda.next)
  }
}
