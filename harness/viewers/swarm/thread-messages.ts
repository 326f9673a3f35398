import type { ViewerFormat, ViewerRouter } from '../../load/engine.ts'
import type { TakenTally } from './tally.ts'

/** What a thread is told when it begins. */
export interface ThreadSetup {
  /** Mean ms after which a viewer leaves and another comes; null: they stay */
  readonly stayMs: number | null
  readonly kinds: readonly ThreadKind[]
  readonly seed: number
}

export interface ThreadKind {
  readonly format: ViewerFormat
  readonly urls: readonly string[]
  /** bytes/s; null: unlimited */
  readonly readRate: number | null
  readonly router?: ViewerRouter
}

/** A viewer that is to come. */
export interface Arrival {
  /** ms of the shared clock */
  readonly at: number
  /** Indices into the setup. */
  readonly kind: number
  readonly url: number
}

export type ThreadOrder =
  | { readonly type: 'arrivals'; readonly arrivals: readonly Arrival[] }
  /** Answered with what was seen since the last time; `perViewer`: with the p99 of each, then anew. */
  | { readonly type: 'take'; readonly id: number; readonly perViewer: boolean }
  | { readonly type: 'stop' }

export type ThreadAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'taken'; readonly id: number; readonly taken: ThreadTaken }

export interface ThreadTaken {
  /** One for each kind. */
  readonly kinds: readonly TakenTally[]
  /** ms; one for each viewer that has samples enough; empty unless asked for */
  readonly p99s: readonly number[]
  readonly health: ThreadHealth
}

/** Since the last time. */
export interface ThreadHealth {
  readonly elapsedMs: number
  /** ms of CPU of this thread alone */
  readonly cpuMs: number
  /** ms that its event loop came late since its stage began, 99 of 100 times at most; 0 before its end */
  readonly loopP99Ms: number
  /** ms that it ever came late since then */
  readonly loopMaxMs: number
  /** ms that a viewer was opened after it was due, at worst */
  readonly openLateMs: number
  /** Sockets. */
  readonly connections: number
}
