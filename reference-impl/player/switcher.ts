import type { SwitchRecord } from './player-stats.ts'

const MAX_KEPT = 100

/** Which bitrate is shown, and how it came to that. */
export class Switcher {
  readonly switches: SwitchRecord[] = []
  #index: number

  constructor(index: number) {
    this.#index = index
  }

  get index(): number {
    return this.#index
  }

  get pending(): boolean {
    const last = this.switches.at(-1)
    return last !== undefined && last.doneAt === null && last.code === null
  }

  ask(to: number, type: SwitchRecord['type']): void {
    const askedAt = performance.now()
    this.switches.push({ type, from: this.#index, to, askedAt, doneAt: null, code: null })
    if (this.switches.length > MAX_KEPT) this.switches.shift()
  }

  /** `code`: why it failed, null when it came about. What nobody asked for changes nothing. */
  settle(code: number | null): void {
    const last = this.switches.at(-1)
    if (last === undefined || !this.pending) return
    if (code === null) {
      last.doneAt = performance.now()
      this.#index = last.to
    } else last.code = code
  }
}
