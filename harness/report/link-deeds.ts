import type { LinkRecord, MarkRecord } from './run-record.ts'

type Band = LinkRecord['bands'][number]
type Link = Pick<LinkRecord, 'name' | 'bands' | 'to'>

/** What is done to a link in a moment. */
const MOMENTS: Partial<Record<MarkRecord['kind'], string>> = {
  reset: 'reset',
  rebind: 'NAT rebinding',
}

/**
 * All that a scenario did to one link, each in a few words with how often and for how long, sorted:
 * two links were treated alike when these are equal. Durations are told to the second, because no
 * two are the same. When it began is not told: a scenario waits for the picture first, and that
 * comes sooner over one protocol than over another.
 *
 * `records`: one link that carries WebRTC has a record for TCP and one for UDP.
 */
export function deedsOf(records: readonly Link[], marks: readonly MarkRecord[]): string[] {
  const told = records.flatMap((record) => [
    ...counted(byScenario(record).map((band) => bandText(band, record.to))),
    ...momentTexts(marks.filter(({ of }) => of === record.name)),
  ])
  return [...new Set(told)].sort()
}

/**
 * From the first trouble to the end of the last one, ms since the scenario began. Null without any,
 * and where it lasted as long as the link. That a link got better is none.
 */
export function troubleOf(
  records: readonly Link[],
  marks: readonly MarkRecord[],
): { from: number; to: number } | null {
  const names = new Set(records.map(({ name }) => name))
  const moments = marks.filter(({ kind, of }) => kind in MOMENTS && names.has(of))
  const stretches = [
    ...records.flatMap((record) =>
      byScenario(record)
        .filter(({ kind }) => kind !== 'eased')
        .map(({ from, to }) => ({ from, to: to >= record.to ? Number.POSITIVE_INFINITY : to })),
    ),
    ...moments.map(({ at }) => ({ from: at, to: at })),
  ]
  const to = Math.max(...stretches.map((stretch) => stretch.to))
  return Number.isFinite(to) ? { from: Math.min(...stretches.map(({ from }) => from)), to } : null
}

function byScenario({ bands }: Link): Band[] {
  return bands.filter(({ origin }) => origin === 'scenario')
}

function bandText({ kind, label, way, from, to }: Band, linkTo: number): string {
  const what = kind === 'eased' ? `eased to ${label}` : label
  const direction = way === 'both' ? '' : ` ${way}`
  return `${what}${direction} ${to >= linkTo ? 'to the end' : `for ${secondsText(to - from)}`}`
}

function momentTexts(marks: readonly MarkRecord[]): string[] {
  return [...Map.groupBy(marks, ({ kind }) => MOMENTS[kind])].flatMap(([what, all]) => {
    if (what === undefined) return []
    const times = all.map(({ at }) => at)
    const lasted = Math.max(...times) - Math.min(...times)
    return all.length === 1
      ? [what]
      : [`${all.length} × ${what} within ${Math.max(1, Math.round(lasted / 1_000))} s`]
  })
}

function counted(texts: readonly string[]): string[] {
  return [...Map.groupBy(texts, (text) => text)].map(([text, all]) =>
    all.length === 1 ? text : `${all.length} × ${text}`,
  )
}

function secondsText(ms: number): string {
  const seconds = ms / 1_000
  const rounded = seconds >= 1 ? Math.round(seconds) : Math.round(seconds * 10) / 10
  return `${Math.max(0.1, rounded)} s`
}
