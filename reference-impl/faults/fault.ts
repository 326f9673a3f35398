import type { Seams } from '../seams.ts'

/** A known way to be wrong, for `liveproof prove`: the listed rules must notice it. */
export interface Fault {
  readonly id: string
  /** What it makes the reference do, one sentence. */
  readonly summary: string
  /** Ids of the rules that must fail (or warn) under it. */
  readonly breaks: readonly string[]
  install(seams: Seams): void
}
