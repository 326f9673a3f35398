import { nowMs } from '../measure/clock.ts'
import type { Agenda } from './agenda.ts'
import { LEAD_MS, sharedAlarm } from './alarm.ts'

/** ms for which setting an alarm is not worth it. */
const SOON_MS = LEAD_MS + 0.1

/**
 * Drives an agenda in real time. It sleeps until shortly before an event is due, and only then looks
 * again and again, between other work; with nothing due it does nothing.
 */
export class Driver {
  readonly #agenda: Agenda
  readonly #openedAt = nowMs()
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
    if (at - this.now() > SOON_MS) sharedAlarm().set(this, at + this.#openedAt, () => this.#fire())
    else this.#immediate = setImmediate(() => this.#fire())
  }

  #disarm(): void {
    if (this.#armedFor < Infinity) sharedAlarm().cancel(this)
    if (this.#immediate) clearImmediate(this.#immediate)
    this.#immediate = null
    this.#armedFor = Infinity
  }

  #fire(): void {
    this.#immediate = null
    this.#armedFor = Infinity
    this.#run(this.now())
    this.#arm(this.#agenda.next)
  }
}
