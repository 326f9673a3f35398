/** Something that happens at a time of the link's own clock. */
export interface Event {
  /** `at` is when it was due, ms, however late the machine is. */
  run(at: number): void
}

/**
 * What is due when, for one link. Every event sees the time at which it was due, so a link decides
 * the same on a slow machine as on a fast one, and the same in virtual time as in real time.
 */
export class Agenda {
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #events: Event[] = []
  #count = 0
  #order = 0
  /** Told when something new is due before everything else. */
  onEarlier: ((at: number) => void) | null = null

  /** ms; Infinity when nothing is due */
  get next(): number {
    return this.#count === 0 ? Infinity : this.#times[0]!
  }

  get size(): number {
    return this.#count
  }

  /** Runs `event` at `at` ms; events of one time run in the order in which they were added. */
  add(at: number, event: Event): void {
    const before = this.next
    const order = this.#order++
    let child = this.#count++
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (this.#times[parent]! <= at) break
      this.#move(parent, child)
      child = parent
    }
    this.#put(child, at, order, event)
    if (at < before) this.onEarlier?.(at)
  }

  /** Runs everything that is due at `until` ms or before. */
  runUntil(until: number): void {
    while (this.#count > 0 && this.#times[0]! <= until) {
      const at = this.#times[0]!
      const event = this.#events[0]!
      this.#removeFirst()
      event.run(at)
    }
  }

  clear(): void {
    this.#count = 0
    this.#times.length = 0
    this.#orders.length = 0
    this.#events.length = 0
  }

  #removeFirst(): void {
    const last = --this.#count
    const at = this.#times.pop()!
    const order = this.#orders.pop()!
    const event = this.#events.pop()!
    if (last === 0) return
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= last) break
      if (child + 1 < last && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!))
        child++
      if (!this.#isBefore(child, at, order)) break
      this.#move(child, hole)
      hole = child
    }
    this.#put(hole, at, order, event)
  }

  #isBefore(index: number, at: number, order: number): boolean {
    const time = this.#times[index]!
    return time < at || (time === at && this.#orders[index]! < order)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#events[from]!)
  }

  #put(index: number, at: number, order: number, event: Event): void {
    this.#times[index] = at
    this.#orders[index] = order
    this.#events[index] = event
  }
}
