import { MAX_CAPTURE_BYTES } from './limits.ts'
import type { Passed } from './tap.ts'

/** What passed the door, kept in memory up to a bound. */
export class WireCapture {
  readonly pieces: Passed[] = []
  /** True once something was not kept, because the capture was full. */
  truncated = false
  #bytes = 0
  readonly #maxBytes: number

  constructor(maxBytes = MAX_CAPTURE_BYTES) {
    this.#maxBytes = maxBytes
  }

  readonly add = (passed: Passed): void => {
    if (this.#bytes + passed.bytes.length > this.#maxBytes) this.truncated = true
    // Without its middle the rest could not be read.
    if (this.truncated) return
    this.#bytes += passed.bytes.length
    this.pieces.push(passed)
  }

  /** Numbers of the callers, in order of their coming. */
  get callers(): number[] {
    return [...new Set(this.pieces.map(({ caller }) => caller))].sort((a, b) => a - b)
  }
}
