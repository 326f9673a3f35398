import { type CrowdFigures, type StartupStage, startupStages } from '../../load/engine.ts'
import { Histogram } from '../../measure/histogram.ts'
import type { TakenTally } from './tally.ts'

/** Sums up what threads saw. */
export class FiguresSum {
  #arrived = 0
  #playing = 0
  #counts = { frames: 0, lost: 0, repeated: 0, unstamped: 0, bytes: 0 }
  #playback = { playedMs: 0, stalledMs: 0, stalls: 0 }
  readonly #failed: Record<string, number> = {}
  readonly #dropped: Record<string, number> = {}
  readonly #latency = new Histogram()
  readonly #returned = new Histogram()
  readonly #startup = {
    connect: new Histogram(),
    upgrade: new Histogram(),
    init: new Histogram(),
    keyFrame: new Histogram(),
  }
  #perViewer: CrowdFigures['perViewer'] = null

  /** Those that were taken at one time, by all threads; who is playing now replaces who was. */
  add(tallies: readonly TakenTally[]): void {
    this.#playing = 0
    for (const tally of tallies) {
      this.#arrived += tally.arrived
      this.#playing += tally.playing
      for (const key of ['frames', 'lost', 'repeated', 'unstamped', 'bytes'] as const)
        this.#counts[key] += tally[key]
      for (const key of ['playedMs', 'stalledMs', 'stalls'] as const)
        this.#playback[key] += tally[key]
      addCounts(this.#failed, tally.failed)
      addCounts(this.#dropped, tally.dropped)
      const { latency, startup, returned } = decoded(tally)
      if (latency) this.#latency.merge(latency)
      if (returned) this.#returned.merge(returned)
      for (const stage of startupStages) {
        const histogram = startup.get(stage)
        if (histogram) this.#startup[stage].merge(histogram)
      }
    }
  }

  /** p99 of each viewer, ms. */
  perViewer(p99s: readonly number[]): void {
    const sorted = p99s.toSorted((a, b) => a - b)
    const medianP99 = sorted[Math.floor((sorted.length - 1) / 2)]
    const worstP99 = sorted.at(-1)
    this.#perViewer =
      medianP99 === undefined || worstP99 === undefined
        ? null
        : { medianP99, worstP99, viewers: sorted.length }
  }

  figures(): CrowdFigures {
    return {
      viewers: {
        arrived: this.#arrived,
        playing: this.#playing,
        failed: this.#failed,
        dropped: this.#dropped,
      },
      ...this.#counts,
      latency: this.#latency,
      returned: this.#returned,
      startup: this.#startup,
      playback: this.#playback,
      perViewer: this.#perViewer,
    }
  }
}

const CLOCK_ERROR_MS = 0.002

interface Decoded {
  readonly latency: Histogram | null
  readonly startup: ReadonlyMap<StartupStage, Histogram>
  readonly returned: Histogram | null
}

/** Each is added to several sums, and decoding costs most of it. */
const known = new WeakMap<TakenTally, Decoded>()

function decoded(tally: TakenTally): Decoded {
  const before = known.get(tally)
  if (before) return before
  const startup = new Map<StartupStage, Histogram>()
  for (const stage of startupStages) {
    const text = tally.startup[stage]
    if (text !== null) startup.set(stage, Histogram.decode(text))
  }
  const { latency, returned } = tally
  const fresh = {
    latency: latency === null ? null : Histogram.decode(latency, CLOCK_ERROR_MS),
    startup,
    returned: returned === null ? null : Histogram.decode(returned),
  }
  known.set(tally, fresh)
  return fresh
}

function addCounts(to: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(from)) to[reason] = (to[reason] ?? 0) + count
}
