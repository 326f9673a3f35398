import { recoveryMs } from './recovery.ts'
import type { LinkRecord, ScenarioRecord, ScenarioStatus } from './run-record.ts'

/** Scenarios that put the same links in the same places, with the same seeds, and let the same happen. */
export interface Comparison {
  /** The links in words, with their seeds. */
  readonly links: string
  /** What the scenarios did to them; '' when nothing. */
  readonly trouble: string
  readonly rows: readonly ComparedPath[]
}

/** One viewer of one scenario. Times in ms. */
export interface ComparedPath {
  readonly scenario: string
  readonly title: string
  readonly status: ScenarioStatus
  readonly protocol: string
  readonly path: string
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly count: number
  readonly stalls: number
  readonly stalledMs: number
  /** Frames. */
  readonly lost: number
  /** From the end of the last trouble; null where there was none, or it was not seen to recover. */
  readonly recoveryMs: number | null
}

/**
 * Groups of at least two scenarios, or of one in which encoders published over several protocols,
 * in the order of the run. Scenarios that measured nothing are left out.
 */
export function compare(scenarios: readonly ScenarioRecord[]): Comparison[] {
  const linked = scenarios.filter(
    ({ links, latency }) => links && links.length > 0 && latency.length > 0,
  )
  const groups = Map.groupBy(linked, ({ links = [] }) => JSON.stringify(conditions(links)))
  return [...groups.values()]
    .filter((group) => group.length > 1 || protocolsOf(group).size > 1)
    .map((group) => {
      const links = group[0]?.links ?? []
      return {
        links: [...new Set(links.map(linkText))].join(', '),
        trouble: [...new Set(links.flatMap(troubles))].join(', '),
        rows: group.flatMap(comparedPaths),
      }
    })
}

function linkText({ preset, role, seed }: LinkRecord): string {
  return `${preset} (${role}, seed ${seed})`
}

function protocolsOf(group: readonly ScenarioRecord[]): Set<string | undefined> {
  return new Set(group.flatMap(({ latency }) => latency.map(({ protocol }) => protocol)))
}

/**
 * What must be equal for a comparison to be fair. One link that carries WebRTC has a record for TCP
 * and one for UDP, and is still one link.
 */
function conditions(links: readonly LinkRecord[]): string[] {
  const of = (link: LinkRecord) => [link.preset, link.seed, link.role, ...troubles(link)].join('|')
  const alike = [...Map.groupBy(links, of)]
  return alike
    .flatMap(([text, same]) => {
      const tcp = same.filter(({ protocol }) => protocol === 'tcp').length
      return Array<string>(Math.max(tcp, same.length - tcp)).fill(text)
    })
    .sort()
}

/** Done by the scenario itself. A duration is told to the second, because no two are the same. */
function troubles({ bands, to }: LinkRecord): string[] {
  return done(bands).map(({ way, label, ...band }) => {
    const seconds = Math.max(0.1, rounded((band.to - band.from) / 1000))
    const direction = way === 'both' ? '' : ` ${way}`
    return `${label}${direction} ${band.to >= to ? 'to the end' : `for ${seconds} s`}`
  })
}

function rounded(seconds: number): number {
  return seconds >= 1 ? Math.round(seconds) : Math.round(seconds * 10) / 10
}

function done(bands: LinkRecord['bands']): LinkRecord['bands'] {
  return bands.filter(({ origin, kind }) => origin === 'scenario' && kind !== 'eased')
}

function comparedPaths(scenario: ScenarioRecord): ComparedPath[] {
  const { id, title, status, latency, marks = [], series, links = [], protocol } = scenario
  const bands = links.flatMap((link) => done(link.bands))
  return latency.map(({ path, p50, p95, p99, count, lost, ...measured }) => {
    const stalls = marks.flatMap(({ kind, of, at, until = at }) =>
      kind === 'stall' && of === path ? [{ at, until }] : [],
    )
    const frames = series.find(({ kind, of }) => kind === 'latency' && of === path)?.points ?? []
    return {
      scenario: id,
      title,
      status,
      protocol: measured.protocol ?? protocol ?? '',
      path,
      p50,
      p95,
      p99,
      count,
      stalls: stalls.length,
      stalledMs: stalls.reduce((sum, { at, until }) => sum + until - at, 0),
      lost,
      recoveryMs:
        bands.length === 0
          ? null
          : recoveryMs(
              { latency: frames, stalls },
              {
                from: Math.min(...bands.map(({ from }) => from)),
                to: Math.max(...bands.map(({ to }) => to)),
              },
            ),
    }
  })
}
