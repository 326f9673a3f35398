import type { LatencyRecord, LinkRecord } from '../report/run-record.ts'
import type { Viewer } from '../viewers/viewer.ts'
import type { ViewerRecord } from '../viewers/viewer-record.ts'
import type { Span } from './link-record.ts'
import type { ScenarioLink } from './scenario-link.ts'
import { viewerMarks } from './viewer-marks.ts'

/** A place from which a stream is watched, and who watches from it. */
export interface Seat {
  readonly viewer: Pick<Viewer, 'record' | 'latency'>
  /** What it is, for example `H5Live`. */
  readonly name: string
  readonly streamName: string
  readonly through?: ScenarioLink
}

/** What each viewer is called in the report. Among many links, by those that its frames took. */
export function viewerLabels(
  viewers: readonly Seat[],
  uplinks: ReadonlyMap<string, ScenarioLink>,
  links: number,
): string[] {
  const names = viewers.map(({ name, streamName, through }) => {
    const over = new Set([uplinks.get(streamName)?.id, through?.id].filter((id) => id))
    return links > 1 && over.size > 0 ? `${name} over ${[...over].join(' + ')}` : name
  })
  return names.map((name, index) => {
    const alone = name.includes(' over ') && names.indexOf(name) === names.lastIndexOf(name)
    return viewers.length === 1 || alone ? name : `${name} ${index + 1}`
  })
}

/**
 * For each viewer that came in another's place, which one that was: the same kind of viewer of the
 * same stream over the same link, that had been ended before. Those that never measured a frame are
 * passed over, so that the first with frames is told. `labels` are those of `viewers`.
 */
export function succession(
  viewers: readonly Seat[],
  labels: readonly string[],
  span: Span,
): Pick<LatencyRecord, 'after' | 'missed'>[] {
  /** Viewers without a successor so far, with the last one before them that measured a frame. */
  const waiting: { of: Seat; endedAt: number; measured: number | null }[] = []
  return viewers.map((viewer, index) => {
    const { record, latency } = viewer.viewer
    const openedAt = record.openedAt - span.startedAt
    const place = waiting.findLastIndex(
      ({ of, endedAt }) => isSameSeat(of, viewer) && endedAt <= openedAt,
    )
    const [before] = place < 0 ? [] : waiting.splice(place, 1)
    const measured = before?.measured ?? null
    const end = viewerMarks('', record, span).find(({ kind }) => kind === 'end')
    if (end)
      waiting.push({
        of: viewer,
        endedAt: end.at,
        measured: latency.count > 0 ? index : measured,
      })
    if (measured === null) return {}
    return { after: labels[measured]!, missed: missedBetween(viewers[measured]!, viewer) }
  })
}

function isSameSeat(a: Seat, b: Seat): boolean {
  return a.name === b.name && a.streamName === b.streamName && a.through === b.through
}

/** Frames that were composed after the last that one viewer had, and before the first of the other. */
function missedBetween({ viewer: one }: Seat, { viewer: other }: Seat): number {
  const [last, first] = [stampsOf(one.record).at(-1), stampsOf(other.record)[0]]
  if (!last || !first || last.streamTag !== first.streamTag) return 0
  return Math.max(0, first.frame - last.frame - 1)
}

function stampsOf({ events }: ViewerRecord) {
  return events.flatMap((event) =>
    event.type === 'fragment'
      ? event.tracks.flatMap(({ samples }) => samples.flatMap(({ stamp }) => stamp ?? []))
      : [],
  )
}

/** Links that frames took, from the encoder and to the viewer. */
export interface Taken {
  readonly uplink: ScenarioLink | undefined
  readonly downlink: ScenarioLink | undefined
  /** Over which the encoder published. */
  readonly protocol: string | undefined
}

/** Names of those links' records: SRT takes UDP, WHIP takes both, everything else TCP. */
export function linksTaken(
  { uplink, downlink, protocol }: Taken,
  recorded: ReadonlyMap<ScenarioLink, readonly LinkRecord[]>,
): string[] {
  const carrier = protocol === 'srt' ? 'udp' : 'tcp'
  const up = (uplink && recorded.get(uplink)) ?? []
  const down = (downlink && recorded.get(downlink)) ?? []
  const taken = [
    ...up.filter((record) => protocol === 'whip' || record.protocol === carrier),
    ...down.filter((record) => record.protocol === 'tcp'),
  ]
  return [...new Set(taken.map(({ name }) => name))]
}
