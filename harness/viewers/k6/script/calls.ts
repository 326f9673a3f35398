import { Buckets } from './buckets.ts'

/** Calls of one client in one part of a run, as they are printed. */
export interface CallsLine {
  readonly count: number
  /** Of these, those without success, by what was wrong. */
  readonly failed: Readonly<Record<string, number>>
  /** From sending to the end of the answer: pairs of bucket and count, see buckets.ts. */
  readonly latency: [number, number][]
}

/** Calls of one client in one part of a run. */
export class Calls {
  readonly #latency = new Buckets()
  readonly #failed: Record<string, number> = {}
  succeeded = 0
  #count = 0

  /** @param failure what was wrong; null after success */
  add(ms: number, failure: string | null): void {
    this.#count++
    this.#latency.add(ms * 1000)
    if (failure === null) this.succeeded++
    else this.#failed[failure] = (this.#failed[failure] ?? 0) + 1
  }

  line(): CallsLine {
    return { count: this.#count, failed: this.#failed, latency: this.#latency.entries() }
  }
}
