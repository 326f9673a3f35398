import type { FuzzKind } from './fuzz-input.ts'
import type { HealthyFigures } from './healthy-stream.ts'
import type { Memory } from './read-memory.ts'

export interface FuzzFinding {
  readonly what: string
  /** Inputs that may have caused it, to be replayed with the same seed. */
  readonly indexes: readonly number[]
}

/** Both figures are taken while no session is open. */
export interface MemoryCourse {
  /** Sessions before the first figure. */
  readonly warmUp: number
  readonly start: Memory
  readonly end: Memory
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
  /** After warming up, and at the end; null where it cannot be seen. */
  readonly memory: MemoryCourse | null
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

/** How much larger than after warming up memory may be at the end. */
const MOST_GROWTH = 0.2
/** Sessions after which the ingest log, which holds 256 records, counts as full. */
const ENOUGH_WARM_UP = 300
/** MB that resident memory may grow in any case: allocators keep what they were given, */
const RESIDENT_NOISE_MB = 24
/** and go on asking for more until they have seen this many sessions: until then, so many MB. */
const SETTLED_SESSIONS = 5_000
const SETTLING_MB = 80

/** Why nothing can be said about memory; null when it can. */
export function memoryUnjudged({ memory }: Pick<FuzzPart, 'memory'>): string | null {
  if (memory === null) return 'memory cannot be seen'
  if (memory.warmUp >= ENOUGH_WARM_UP) return null
  return `memory is not judged after ${memory.warmUp} sessions of warming up, ${ENOUGH_WARM_UP} are needed`
}

/** A leak in our code shows in the live memory; one of what lies beneath, in the resident one. */
export function memoryFinding(memory: FuzzPart['memory']): FuzzFinding[] {
  if (memory === null || memoryUnjudged({ memory }) !== null) return []
  const { start, end, warmUp } = memory
  const noise = warmUp < SETTLED_SESSIONS ? SETTLING_MB : RESIDENT_NOISE_MB
  return [
    ...growthFinding('live memory', start.liveMb, end.liveMb, 0),
    ...growthFinding('resident memory', start.rssMb, end.rssMb, noise),
  ]
}

function growthFinding(
  what: string,
  startMb: number,
  endMb: number,
  noiseMb: number,
): FuzzFinding[] {
  if (endMb - startMb <= Math.max(MOST_GROWTH * startMb, noiseMb)) return []
  return [
    { what: `${what} grew from ${startMb.toFixed(1)} to ${endMb.toFixed(1)} MB`, indexes: [] },
  ]
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
