import type { Direction } from '../network/direction.ts'
import type { Link } from '../network/link.ts'
import type { BandRecord, LinkRecord, SeriesRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'
import { directionBands, mergedBands } from './link-bands.ts'
import { settingsText } from './link-words.ts'

/** Points of one chart; more would not be seen. */
const MAX_POINTS = 600

/** When things were, ms of `nowMs`. */
export interface Span {
  /** When the scenario began. */
  readonly startedAt: number
  /** Up to when it is told. */
  readonly until: number
}

export interface LinkPart {
  readonly name: string
  readonly link: Link
  readonly role: LinkRecord['role']
  /** Directions that follow a trace in place of a rate. */
  readonly traced: { readonly up: boolean; readonly down: boolean }
  /** Bands that its settings do not tell; ms of `nowMs`. */
  readonly bands: readonly BandRecord[]
}

/** What a link was, did, and suffered, in ms since the scenario began. */
export function linkRecord(part: LinkPart, { startedAt, until }: Span): LinkRecord {
  const { name, link, role, traced } = part
  const offset = link.openedAt - startedAt
  const bands = mergedBands(
    ...((['up', 'down'] as const).map((way) => {
      const { history, log } = link[way]
      const changedAt = log.changes[0]?.at ?? Number.POSITIVE_INFINITY
      return directionBands(history, until - link.openedAt, changedAt)
    }) as [ReturnType<typeof directionBands>, ReturnType<typeof directionBands>]),
  )
  const moved = (all: readonly BandRecord[], by: number) =>
    all.map((band) => ({ ...band, from: band.from + by, to: band.to + by }))
  return {
    name,
    preset: link.id,
    seed: link.seed,
    protocol: link.protocol,
    role,
    from: offset,
    to: until - startedAt,
    state: {
      up: settingsText(link.up.history[0]?.settings ?? link.up.settings, traced.up),
      down: settingsText(link.down.history[0]?.settings ?? link.down.settings, traced.down),
    },
    up: directionRecord(link.up),
    down: directionRecord(link.down),
    bands: [...moved(bands, offset), ...moved(part.bands, -startedAt)].sort(
      (a, b) => a.from - b.from,
    ),
  }
}

function directionRecord({ stats }: Direction): LinkRecord['up'] {
  const { p50, p95, p99, max, count, histogram } = stats.delay.figures()
  const { offered, offeredBytes, delivered, deliveredBytes } = stats
  const { duplicated, corrupted, reordered } = stats
  return {
    offered,
    offeredBytes,
    delivered,
    deliveredBytes,
    duplicated,
    corrupted,
    reordered,
    dropped: { ...stats.dropped },
    delay: { count, p50, p95, p99, max, ...(count > 0 ? { histogram } : {}) },
    maxQueueBytes: stats.maxDepthBytes,
  }
}

/** Rate and queue over time, where there is something to see. */
export function linkSeries({ name, link }: LinkPart, { startedAt, until }: Span): SeriesRecord[] {
  const offset = link.openedAt - startedAt
  const points = (all: readonly (readonly [number, number])[]) =>
    thin(
      all.map(([at, value]): [number, number] => [at + offset, value]),
      MAX_POINTS,
    ).map(([at, value]): [number, number] => [at, value])
  return (['up', 'down'] as const).flatMap((way) => {
    const { stats, history, settings } = link[way]
    const series: SeriesRecord[] = []
    const rate = history.flatMap(({ at, settings: { rateKbps, blackout } }) =>
      rateKbps === null ? [] : [[at, blackout ? 0 : rateKbps] as const],
    )
    const rates = new Set(history.map(({ settings }) => settings.rateKbps))
    if (rates.size > 1) {
      // It holds until it changes, so it must be told up to the end.
      const last = settings.blackout ? 0 : settings.rateKbps
      if (last !== null) rate.push([until - link.openedAt, last])
      series.push({
        name: `rate of ${name}, ${way}`,
        unit: 'kbit/s',
        kind: 'rate',
        of: name,
        points: points(rate),
      })
    }
    if (stats.maxDepthBytes > 0)
      series.push({
        name: `queue of ${name}, ${way}`,
        unit: 'bytes',
        kind: 'queue',
        of: name,
        points: points(stats.depth),
      })
    return series
  })
}
