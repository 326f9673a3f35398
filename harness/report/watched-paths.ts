import { mergeLatency } from './merge-latency.ts'
import type { Watched } from './recovery.ts'
import type { LatencyRecord, ScenarioRecord } from './run-record.ts'

/** One viewer of a scenario, and those that came in its place after it was ended. */
export interface WatchedPath extends Watched {
  /** Of all of them together. */
  readonly figures: LatencyRecord
  /** In the order in which they came. */
  readonly paths: readonly [string, ...string[]]
  /** Frames, also those that came while nobody watched. */
  readonly lost: number
}

/** In the order of the record. Between one viewer and its successor the picture stood still. */
export function watchedPaths(scenario: ScenarioRecord): WatchedPath[] {
  return chains(scenario.latency).map((chain) => {
    const seen = chain.map(({ path }) => ({
      frames: framesOf(scenario, path),
      stalls: stallsOf(scenario, path),
    }))
    const [first, ...successors] = chain
    return {
      figures: mergeLatency(first, ...successors),
      paths: [first.path, ...successors.map(({ path }) => path)],
      lost: chain.reduce((sum, { lost, missed = 0 }) => sum + lost + missed, 0),
      latency: seen.flatMap(({ frames }) => frames),
      stalls: [...seen.flatMap(({ stalls }) => stalls), ...seams(seen.map(({ frames }) => frames))],
    }
  })
}

type Chain = [LatencyRecord, ...LatencyRecord[]]

/** Each viewer with its successors, as far as their samples can be put together. */
function chains(latency: readonly LatencyRecord[]): Chain[] {
  const chains: Chain[] = []
  for (const one of latency) {
    const before = chains.find((chain) => {
      const last = chain.at(-1)
      return last?.path === one.after && last?.from === one.from && last?.histogram !== undefined
    })
    if (before && one.histogram !== undefined) before.push(one)
    else chains.push([one])
  }
  return chains
}

function framesOf({ series }: ScenarioRecord, path: string): Watched['latency'] {
  return series.find(({ kind, of }) => kind === 'latency' && of === path)?.points ?? []
}

function stallsOf({ marks = [] }: ScenarioRecord, path: string): Watched['stalls'] {
  return marks.flatMap(({ kind, of, at, until = at }) =>
    kind === 'stall' && of === path ? [{ at, until }] : [],
  )
}

function seams(openings: readonly Watched['latency'][]): Watched['stalls'] {
  return openings.slice(1).flatMap((frames, place) => {
    const [at, until] = [openings[place]?.at(-1)?.[0], frames[0]?.[0]]
    return at === undefined || until === undefined ? [] : [{ at, until }]
  })
}
