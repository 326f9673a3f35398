import type { Histogram } from '../measure/histogram.ts'
import type { LoadBudget } from './budget.ts'
import type { ProcessUse } from './process-meter.ts'

/**
 * Where a load engine plugs in: the swarm of our own, or k6. An engine opens viewers by an
 * open-loop schedule, whatever the target does, and tells what they saw. It judges nothing.
 */
export interface LoadEngine {
  readonly id: string
  /**
   * Brings what it needs and does not come with liveproof; before anything is started.
   * @param say one line for each thing that takes a while
   * @throws EnvironmentError when that cannot be had
   */
  prepare?(say: (line: string) => void): void
  /**
   * Carries the stages out, one after the other, with the viewers of the earlier ones still there.
   * After an abort it resolves soon, with what there was until then. @throws LiveproofError when it
   * cannot run at all
   */
  run(job: LoadJob): Promise<LoadResult>
}

export type ViewerFormat = 'h5live' | 'progressive' | 'hls'

/** What a crowd does: watch, or call the API as control rooms do. */
export type LoadFormat = ViewerFormat | 'api'

/** Viewers of one kind; where a job has several, they come by weight. */
export interface ViewerKind {
  /** As reports show it: `h5live`, `h5live over lte`, `slow h5live`. */
  readonly name: string
  readonly format: LoadFormat
  readonly weight: number
  /** Each viewer takes the next one: streams, locations and links make several. */
  readonly urls: readonly string[]
  /** Of clients of the API. */
  readonly apiKey?: string
  /** bytes/s that it reads at most; unlimited when absent */
  readonly readRate?: number
  /** Where one that has lost its server asks for another; absent: it is gone for good. */
  readonly router?: ViewerRouter
}

/** Asked as the player does: anew after each loss, and again when that was in vain. */
export interface ViewerRouter {
  /** The stream at the target's API. */
  readonly url: string
  /** Address of this machine to ask from; absent: whichever the system takes */
  readonly client?: string
}

/** One plateau of the load. */
export interface LoadStage {
  /** Viewers that are there when its ramp is over, those of earlier stages included. */
  readonly viewers: number
  /** ms over which they arrive, evenly or at random as `arrival` says; 0: all at once */
  readonly rampMs: number
  /** ms that it is measured for after the ramp */
  readonly holdMs: number
}

export interface LoadJob {
  readonly kinds: readonly ViewerKind[]
  readonly stages: readonly LoadStage[]
  readonly arrival: 'even' | 'poisson'
  /** Mean ms that a viewer stays before another takes its place; absent: to the end */
  readonly stayMs?: number
  readonly seed: number
  /** For an engine with thresholds of its own, so that they say the same. It is judged elsewhere. */
  readonly budget?: LoadBudget
  readonly signal: AbortSignal
  /** About once a second, for whoever looks on. */
  onLook?(look: LoadLook): void
  /** At the end of each stage: whether the next one shall be. */
  onStage(result: StageResult): boolean | Promise<boolean>
}

/** A glance while it runs. */
export interface LoadLook {
  readonly stage: number
  /** ms since the job began */
  readonly at: number
  readonly ramping: boolean
  /** Of the time since the last look, except for the counts of viewers; null: not known yet. */
  readonly figures: CrowdFigures | null
  /** Of processes of the engine, since the last look. */
  readonly use?: ProcessUse
}

/** What a stage came to, measured from the end of its ramp to its own end. */
export interface StageResult {
  readonly stage: number
  readonly viewers: number
  /** ms since the job began */
  readonly from: number
  readonly to: number
  /** While the viewers came: failures, and how long each stage of their start took. */
  readonly ramp: CrowdFigures
  readonly hold: CrowdFigures
  readonly engine: EngineHealth
}

export interface LoadResult {
  readonly stages: readonly StageResult[]
  /** Everything, ramps included. */
  readonly total: CrowdFigures
  readonly byKind: readonly { readonly name: string; readonly figures: CrowdFigures }[]
  readonly engine: EngineHealth
  /** False when it was cut short. */
  readonly complete: boolean
}

/** What viewers saw over a time. Engines that cannot know a count leave it out. */
export interface CrowdFigures {
  readonly viewers: {
    /** Connections that were begun. */
    readonly arrived: number
    /** That have pictures, at the end of the time. */
    readonly playing: number
    /** That never had a picture, by the reason. */
    readonly failed: Readonly<Record<string, number>>
    /** That had pictures and were cut off, by the reason. */
    readonly dropped: Readonly<Record<string, number>>
  }
  /** Video frames. */
  readonly frames: number
  readonly lost: number
  readonly repeated: number
  /** Without a stamp that can be read: their latency is unknown. */
  readonly unstamped: number
  readonly bytes: number
  /** received − composed, ms, of frames composed after their viewer had its init segment */
  readonly latency: Histogram
  /**
   * ms from the loss of a server until there was a picture from another one, once for each loss
   * that was got over; absent where the engine does not look for another.
   */
  readonly returned?: Histogram
  /** ms since the viewer was due to arrive */
  readonly startup: Readonly<Record<StartupStage, Histogram>>
  readonly playback: {
    /** ms, all viewers together */
    readonly playedMs: number
    readonly stalledMs: number
    readonly stalls: number
  }
  /** p99 of each viewer's own frames, ms: of the one in the middle, and the worst; null: too few. */
  readonly perViewer: {
    readonly medianP99: number
    readonly worstP99: number
    readonly viewers: number
  } | null
  /** Of clients of the API; absent where there are none. */
  readonly calls?: ApiCalls
}

export interface ApiCalls {
  readonly count: number
  /** Of these, those without success, by what was wrong. */
  readonly failed: Readonly<Record<string, number>>
  /** ms from sending to the end of the answer */
  readonly latency: Histogram
}

export const startupStages = ['connect', 'upgrade', 'init', 'keyFrame'] as const
export type StartupStage = (typeof startupStages)[number]

/** What the engine knows about itself. */
export interface EngineHealth {
  /** Why it cannot vouch for its figures; empty when it can. */
  readonly causes: readonly string[]
  readonly figures: readonly EngineFigure[]
  /** Of processes of its own, while it was measured; absent where it has none, or none here. */
  readonly use?: ProcessUse
}

export interface EngineFigure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Past this its figures are worth nothing. */
  readonly limit?: number
}
