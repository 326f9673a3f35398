import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { type Comparison, compare } from './compare.ts'
import type {
  LatencyRecord,
  LinkDirectionRecord,
  LinkRecord,
  MarkRecord,
  RunRecord,
  ScenarioRecord,
  SeriesRecord,
} from './run-record.ts'
import { thin } from './thin.ts'

/** [percentile 0–100, ms]; ascending. */
export type PercentileCurve = [percentile: number, ms: number][]

export type PageLatency = Omit<LatencyRecord, 'histogram' | 'buckets'> & { curve: PercentileCurve }

/** Times and values apart, as the charts want them. */
export interface PageSeries {
  name: string
  unit: string
  kind?: SeriesRecord['kind']
  of?: string | undefined
  seconds: number[]
  /** Null where the line is broken. */
  values: (number | null)[]
  /** Points in the run record; more than here where the series was thinned. */
  recorded: number
}

export type PageLinkDirection = Omit<LinkDirectionRecord, 'delay'> & {
  delay: Omit<LinkDirectionRecord['delay'], 'histogram'>
}

export type PageLink = Omit<LinkRecord, 'up' | 'down'> & {
  up: PageLinkDirection
  down: PageLinkDirection
}

export type PageScenario = Omit<ScenarioRecord, 'latency' | 'series' | 'links' | 'marks'> & {
  latency: PageLatency[]
  series: PageSeries[]
  links: PageLink[]
  marks: MarkRecord[]
}

/** What the report page shows: the run record without what it would only carry. */
export type PageData = Omit<RunRecord, 'scenarios'> & {
  scenarios: PageScenario[]
  /** Made from the whole record, before anything is thinned. */
  comparisons: Comparison[]
}

/** Points of all timelines of good scenarios together, so that the page of a large run stays small. */
const POINTS_PER_PAGE = 8000
const POINTS_PER_SERIES = { most: 300, least: 60 }

export function pageData(record: RunRecord): PageData {
  const good = record.scenarios.filter(({ status }) => status === 'pass')
  const lines = good.reduce((n, { series }) => n + series.length, 0)
  const share = Math.floor(POINTS_PER_PAGE / Math.max(1, lines))
  const { most, least } = POINTS_PER_SERIES
  const limitOf = ({ status }: ScenarioRecord) =>
    status === 'pass' ? Math.min(most, Math.max(least, share)) : most
  return {
    ...record,
    scenarios: record.scenarios.map((scenario) => ({
      ...scenario,
      latency: scenario.latency.map(({ histogram, buckets, ...figures }) => ({
        ...figures,
        curve: histogram ? curveOf(histogram, figures) : curveOfBuckets(buckets ?? []),
      })),
      series: scenario.series.map((series) => pageSeries(series, limitOf(scenario))),
      links: (scenario.links ?? []).map(pageLink),
      marks: scenario.marks ?? [],
    })),
    comparisons: compare(record.scenarios),
  }
}

function pageLink(link: LinkRecord): PageLink {
  const direction = ({ delay: { histogram, ...delay }, ...rest }: LinkDirectionRecord) => ({
    ...rest,
    delay,
  })
  return { ...link, up: direction(link.up), down: direction(link.down) }
}

function pageSeries({ name, unit, kind, of, points }: SeriesRecord, limit: number): PageSeries {
  const thinned = thin(points, limit)
  return {
    name,
    unit,
    ...(kind ? { kind } : {}),
    ...(of === undefined ? {} : { of }),
    seconds: thinned.map(([t]) => rounded(t / 1000, 3)),
    values: thinned.map(([, value]) => Number(value.toPrecision(4))),
    recorded: points.length,
  }
}

const percentiles = [
  ...Array.from({ length: 20 }, (_, i) => i * 5),
  ...[97, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99, 99.999],
]

/** Only as far into the tail as there are samples to tell; the largest sample ends the curve. */
function curveOf(base64: string, { max }: { max: number }): PercentileCurve {
  try {
    const histogram = decodeFromCompressedBase64(base64)
    const count = histogram.totalCount
    if (count === 0) return []
    const told = percentiles.filter((percentile) => percentile <= 100 * (1 - 1 / count))
    return [
      ...told.map((p): [number, number] => [
        p,
        rounded(Math.min(max, histogram.getValueAtPercentile(p) / 1000), 3),
      ]),
      [100, rounded(max, 3)],
    ]
  } catch {
    // The figures beside it still stand; a histogram that cannot be read draws no curve.
    return []
  }
}

function curveOfBuckets(buckets: NonNullable<LatencyRecord['buckets']>): PercentileCurve {
  const total = buckets.reduce((sum, [, n]) => sum + n, 0)
  let below = 0
  return buckets
    .filter(([, n]) => n > 0)
    .map(([edge, n]) => {
      below += n
      return [rounded((100 * below) / total, 3), edge]
    })
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
