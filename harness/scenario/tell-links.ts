import type { LinkRecord } from '../report/run-record.ts'
import type { Span } from './link-record.ts'
import type { ScenarioOutcome } from './result.ts'
import type { ScenarioLink } from './scenario-link.ts'

interface Telling {
  readonly outcome: ScenarioOutcome
  readonly span: Span
  /** Folder of the run, for what each link decided. */
  readonly runDir: string
}

/**
 * Puts into the report what links were and did: a scenario's own, and those of its probes.
 * @returns what was put there of each
 */
export function tellLinks(
  links: readonly ScenarioLink[],
  { outcome, span, runDir }: Telling,
): ReadonlyMap<ScenarioLink, readonly LinkRecord[]> {
  const recorded = new Map<ScenarioLink, readonly LinkRecord[]>()
  if (links.length > 0) outcome.link = idsOf(links)
  for (const [index, link] of links.entries()) {
    const name = nameOf(link.id, index, links.length)
    const { links: records, series } = link.record(name, span)
    recorded.set(link, records)
    outcome.links.push(...records)
    outcome.series.push(...series)
    outcome.marks.push(...link.marks(name, span))
    outcome.artifacts.push(...link.artifacts(runDir))
  }
  return recorded
}

/** The ids of links, each once. */
export function idsOf(links: readonly ScenarioLink[]): string {
  return [...new Set(links.map(({ id }) => id))].join(', ')
}

/** What a link is called in the report, among so many. */
export function nameOf(id: string, index: number, links: number): string {
  return links === 1 ? id : `${id} ${index + 1}`
}
