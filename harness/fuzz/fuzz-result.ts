import type { FuzzKind } from './fuzz-input.ts'
import type { HealthyFigures } from './healthy-stream.ts'

export interface FuzzFinding {
  readonly what: string
  /** Inputs that may have caused it, to be replayed with the same seed. */
  readonly indexes: readonly number[]
}

/** What became of fuzzing one interface. */
export interface FuzzPart {
  readonly kind: FuzzKind
  readonly seed: number
  readonly sessions: number
  readonly seconds: number
  readonly perSecond: number
  readonly bytes: number
  /** Connections that the target kept open after the client had left. */
  readonly lingering: number
  /** Sessions that were let in: published, answered 200, or upgraded. */
  readonly letIn: number
  /** The target's process was there to the end; null where it cannot be seen. */
  readonly alive: boolean | null
  /** Resident memory after warming up and at the end, MB; null where it cannot be seen. */
  readonly rss: { readonly startMb: number; readonly endMb: number } | null
  /** The undisturbed stream beside it. */
  readonly healthy: HealthyFigures
  readonly findings: readonly FuzzFinding[]
}

export interface FuzzResult {
  readonly ok: boolean
  /** 0 nothing found, 1 something found, 3 nothing could be tried. */
  readonly exitCode: 0 | 1 | 3
  readonly parts: readonly FuzzPart[]
  /** Folder with inputs that were found to harm; null when there are none. */
  readonly saved: string | null
}

/** How much larger than after warming up the process may be at the end. */
export const MOST_GROWTH = 0.2
/** No growth below this is judged, MB: memory management comes and goes by it. */
const GROWTH_NOISE_MB = 24

/** s after which every bounded memory (the log of sessions, windows of media) counts as full. */
const FILLED_S = 20
/** What those take together, MB, and a short run may still be filling. */
const FILLING_MB = 140

/** `seconds`: how long the part ran. */
export function memoryFinding(rss: FuzzPart['rss'], seconds: number): FuzzFinding[] {
  if (!rss) return []
  const { startMb, endMb } = rss
  const noise = seconds < FILLED_S ? FILLING_MB : GROWTH_NOISE_MB
  if (endMb - startMb <= Math.max(MOST_GROWTH * startMb, noise)) return []
  const what = `memory grew from ${startMb.toFixed(0)} to ${endMb.toFixed(0)} MB`
  return [{ what, indexes: [] }]
}

/** Below this many sessions nothing is concluded from how few were let in. */
const ENOUGH_SESSIONS = 200

/** Inputs that are all turned away at the door try nothing behind it. */
export function coverageFinding(sessions: number, letIn: number): FuzzFinding[] {
  if (sessions < ENOUGH_SESSIONS || letIn > 0) return []
  return [{ what: `not one of ${sessions} sessions was let in`, indexes: [] }]
}

export function healthyFinding({ lost, trouble, sent, count }: HealthyFigures): FuzzFinding[] {
  const what = trouble
    ? `the healthy stream did not go on: ${trouble}`
    : lost > 0
      ? `${lost} of ${sent} frames of the healthy stream were lost`
      : count === 0
        ? 'no frame of the healthy stream was measured'
        : null
  return what === null ? [] : [{ what, indexes: [] }]
}
