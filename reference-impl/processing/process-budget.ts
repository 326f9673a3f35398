import { MAX_PROCESSES } from './limits.ts'

/** How many processes may run at one time, over all streams. */
export class ProcessBudget {
  readonly #most: number
  #taken = 0

  constructor(most = MAX_PROCESSES) {
    this.#most = most
  }

  get taken(): number {
    return this.#taken
  }

  take(): boolean {
    if (this.#taken >= this.#most) return false
    this.#taken += 1
    return true
  }

  giveBack(): void {
    this.#taken -= 1
  }
}
