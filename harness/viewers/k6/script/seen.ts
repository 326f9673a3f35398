import { Buckets } from './buckets.ts'

/** What a viewer saw in one part of a run, as it is printed. */
export interface SeenLine {
  readonly frames: number
  readonly lost: number
  readonly doubled: number
  readonly bytes: number
  /** Delivery latency: pairs of bucket and count, see buckets.ts. */
  readonly latency: [number, number][]
}

/** What a viewer saw in one part of a run. */
export class Seen {
  frames = 0
  lost = 0
  doubled = 0
  bytes = 0
  readonly latency = new Buckets()

  line(): SeenLine {
    const { frames, lost, doubled, bytes } = this
    return { frames, lost, doubled, bytes, latency: this.latency.entries() }
  }
}
