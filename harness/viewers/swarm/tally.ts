import { type StartupStage, startupStages } from '../../load/engine.ts'
import { Histogram } from '../../measure/histogram.ts'

/** One clock for both ends; stamps cut it to whole µs, and `swarmNow` is right to another. */
const CLOCK_ERROR_MS = 0.002

/** What all viewers of one kind saw in one thread, since it was last taken. Plain data. */
export interface TakenTally {
  readonly arrived: number
  readonly playing: number
  readonly failed: Record<string, number>
  readonly dropped: Record<string, number>
  readonly frames: number
  readonly lost: number
  readonly repeated: number
  readonly unstamped: number
  readonly bytes: number
  readonly playedMs: number
  readonly stalledMs: number
  readonly stalls: number
  /** HDR base64; null when empty */
  readonly latency: string | null
  readonly startup: Record<StartupStage, string | null>
  /** As `latency`: from losing a server to a picture from another. */
  readonly returned: string | null
}

/** Counts of one kind of viewer in one thread; viewers add to it as things happen. */
export class Tally {
  arrived = 0
  playing = 0
  frames = 0
  lost = 0
  repeated = 0
  unstamped = 0
  bytes = 0
  playedMs = 0
  stalledMs = 0
  stalls = 0
  readonly latency = new Histogram(CLOCK_ERROR_MS)
  #startup = new Map(startupStages.map((stage) => [stage, new Histogram()]))
  /** Made when it is needed: hardly any crowd loses its server. */
  #returned: Histogram | null = null
  #failed: Record<string, number> = {}
  #dropped: Record<string, number> = {}

  started(stage: StartupStage, ms: number): void {
    this.#startup.get(stage)?.record(Math.max(0, ms))
  }

  /** A viewer that had lost its server plays again, `ms` later. */
  returned(ms: number): void {
    this.#returned ??= new Histogram()
    this.#returned.record(Math.max(0, ms))
  }

  failed(reason: string): void {
    this.#failed[reason] = (this.#failed[reason] ?? 0) + 1
  }

  dropped(reason: string): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1
  }

  /** Everything since the last time; who is playing goes on. */
  take(): TakenTally {
    const { arrived, playing, frames, lost, repeated, unstamped, bytes } = this
    const { playedMs, stalledMs, stalls } = this
    const startup = Object.fromEntries(
      [...this.#startup].map(([stage, histogram]) => [stage, takeHistogram(histogram)]),
    ) as TakenTally['startup']
    const taken: TakenTally = {
      ...{ arrived, playing, frames, lost, repeated, unstamped, bytes },
      ...{ playedMs, stalledMs, stalls, startup },
      failed: this.#failed,
      dropped: this.#dropped,
      latency: takeHistogram(this.latency),
      returned: this.#returned && takeHistogram(this.#returned),
    }
    this.arrived = this.frames = this.lost = this.repeated = this.unstamped = this.bytes = 0
    this.playedMs = this.stalledMs = this.stalls = 0
    this.#failed = {}
    this.#dropped = {}
    return taken
  }
}

function takeHistogram(histogram: Histogram): string | null {
  if (histogram.count === 0) return null
  const text = histogram.encode()
  histogram.reset()
  return text
}
