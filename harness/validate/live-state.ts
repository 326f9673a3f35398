import type { Verdict } from '../conformance/rule.ts'
import type { DoorProtocol } from './door.ts'
import type { Figures } from './figures.ts'
import type { DoorAddress } from './form-field.ts'

export type Phase = 'waiting' | 'watching' | 'stopping' | 'over'

/** A verdict with what a reader wants to know beside it. */
export interface LiveVerdict extends Verdict {
  readonly title: string
  readonly advice?: string
  readonly source: string
}

/** One moment of the course of things. */
export interface Moment {
  /** s since the first picture */
  readonly at: number
  readonly videoKbps: number | null
  readonly frameRate: number | null
  readonly delayMs: number | null
  readonly lost: number | null
}

/** All that a view shows; a new one at each look. */
export interface LiveState {
  readonly protocol: DoorProtocol
  readonly phase: Phase
  readonly addresses: readonly DoorAddress[]
  readonly link: string | null
  /** s that are left of the phase */
  readonly secondsLeft: number
  readonly durationS: number
  readonly device: string | null
  readonly figures: Figures
  readonly verdicts: readonly LiveVerdict[]
  /** What was done to the encoder, and what it did; s since the first picture. */
  readonly reactions: readonly {
    readonly at: number | null
    readonly text: string
    readonly reaction: string
  }[]
  /** What a person should know or do now. */
  readonly hint: string | null
  readonly course: readonly Moment[]
  /** In one sentence, once it is over. */
  readonly verdict: {
    readonly status: string
    readonly sentence: string
    /** Where the report is. */
    readonly report: string
  } | null
}

export interface ValidationView {
  show(state: LiveState): void
  /** A line that stays. */
  say(line: string): void
  close(): Promise<void> | void
}
