import { deedsOf, troubleOf } from './link-deeds.ts'
import { type Recovery, recoveryOf } from './recovery.ts'
import type { LatencyRecord, LinkRecord, ScenarioRecord, ScenarioStatus } from './run-record.ts'
import { type WatchedPath, watchedPaths } from './watched-paths.ts'

/** Viewers whose frames took links of the same kind, with the same seeds, that were treated alike. */
export interface Comparison {
  /** The links in words, with their seeds. */
  readonly links: string
  /** What the scenarios did to them; '' when nothing. */
  readonly trouble: string
  /** By protocol. */
  readonly rows: readonly ComparedPath[]
}

/** One viewer of one scenario, with its successors where it had to come again. Times in ms. */
export interface ComparedPath {
  readonly scenario: string
  readonly title: string
  readonly status: ScenarioStatus
  readonly protocol: string
  readonly paths: readonly [string, ...string[]]
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  readonly count: number
  readonly stalls: number
  readonly stalledMs: number
  /** Frames. */
  readonly lost: number
  /** Null where there was no trouble, where it lasted, or nothing is known of before. */
  readonly recovery: Recovery | null
}

/**
 * A comparison for each link that encoders published over with at least two protocols, in the order
 * of the run. What has nothing to be compared with is left out.
 */
export function compare(scenarios: readonly ScenarioRecord[]): Comparison[] {
  const seen = scenarios.flatMap((scenario) =>
    watchedPaths(scenario).flatMap((path) => placed(scenario, path)),
  )
  return [...Map.groupBy(seen, ({ alike }) => alike).values()].flatMap((group) => {
    const rows = group
      .map(({ row }) => row)
      .sort((a, b) => (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0))
    const [first] = group
    if (!first || new Set(rows.map(({ protocol }) => protocol)).size < 2) return []
    return [{ links: first.links, trouble: first.trouble, rows }]
  })
}

interface Placed {
  /** Equal for what may be compared. */
  readonly alike: string
  readonly links: string
  readonly trouble: string
  readonly row: ComparedPath
}

/** Empty for a path that took no link, and where protocol or link are not known. */
function placed(scenario: ScenarioRecord, watched: WatchedPath): Placed[] {
  const { marks = [], links: all = [] } = scenario
  const protocol = watched.figures.protocol ?? scenario.protocol
  const taken = recordsOf(watched.figures, all)
  if (protocol === undefined || taken.length === 0) return []
  const links = [...Map.groupBy(taken, identity).values()].map((records) => ({
    text: linkText(records),
    state: [...new Set(records.map(({ state }) => `${state.up}, ${state.down}`))].sort(),
    deeds: deedsOf(records, marks),
  }))
  links.sort((a, b) => (a.text < b.text ? -1 : 1))
  const trouble = troubleOf(taken, marks)
  const until = Math.max(...taken.map(({ to }) => to))
  return [
    {
      alike: JSON.stringify(links),
      links: links.map(({ text }) => text).join(', '),
      trouble: [...new Set(links.flatMap(({ deeds }) => deeds))].join(', '),
      row: comparedPath(scenario, watched, {
        protocol,
        recovery: trouble && recoveryOf(watched, trouble, until),
      }),
    },
  ]
}

/** Records of before paths named their links tell only where there was a single link. */
function recordsOf(figures: LatencyRecord, all: readonly LinkRecord[]): LinkRecord[] {
  const { links } = figures
  if (links) return all.filter(({ name }) => links.includes(name))
  return new Set(all.map(identity)).size === 1 ? [...all] : []
}

/** No two links of a scenario have the same seed; what one carries over TCP and UDP has. */
function identity({ preset, seed }: LinkRecord): string {
  return JSON.stringify([preset, seed])
}

function linkText(records: readonly LinkRecord[]): string {
  const [{ preset, seed, role }] = records as [LinkRecord, ...LinkRecord[]]
  const carried = records.every((record) => record.role === role) ? role : 'both'
  return `${preset} (${carried}, seed ${seed})`
}

function comparedPath(
  { id, title, status }: ScenarioRecord,
  { figures, paths, lost, stalls }: WatchedPath,
  known: Pick<ComparedPath, 'protocol' | 'recovery'>,
): ComparedPath {
  const { p50, p95, p99, max, count } = figures
  return {
    scenario: id,
    title,
    status,
    paths,
    p50,
    p95,
    p99,
    max,
    count,
    stalls: stalls.length,
    stalledMs: stalls.reduce((sum, { at, until }) => sum + until - at, 0),
    lost,
    ...known,
  }
}
