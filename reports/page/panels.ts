import type { PageScenario, PageSeries } from '../../harness/report/page-data.ts'

/** One chart of the timeline. */
export interface Panel {
  readonly title: string
  readonly unit: string
  readonly lines: readonly PageSeries[]
}

const known: readonly { title: string; kinds: readonly PageSeries['kind'][] }[] = [
  { title: 'Latency of each frame', kinds: ['latency'] },
  { title: 'Bit rate', kinds: ['sent', 'received', 'rate'] },
  { title: 'Buffer', kinds: ['buffer'] },
  { title: 'Queue of the link', kinds: ['queue'] },
]

/** What belongs together in one chart, effects first; series of no kind stand alone. */
export function panelsOf({ series, marks }: PageScenario): Panel[] {
  const panels = known.map(({ title, kinds }) => ({
    title,
    lines: kinds.flatMap((kind) => series.filter((line) => line.kind === kind)),
  }))
  const alone = series
    .filter(({ kind }) => kind === undefined)
    .map((line) => ({ title: line.name, lines: [line] }))
  return [...panels, ...alone]
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => ({
      title,
      unit: lines[0]?.unit ?? '',
      lines: lines.map((line) => (line.kind === 'latency' ? torn(line, marks) : line)),
    }))
}

/** A line does not go on where no frame came: a point without a value in the midst of each stall. */
function torn(line: PageSeries, marks: PageScenario['marks']): PageSeries {
  const gaps = marks
    .filter(({ kind, of, until }) => kind === 'stall' && of === line.of && until !== undefined)
    .map(({ at, until = at }) => (at + until) / 2000)
  const points = [
    ...line.seconds.map((at, i) => ({ at, value: line.values[i] ?? null })),
    ...gaps.map((at) => ({ at, value: null })),
  ].sort((a, b) => a.at - b.at)
  return {
    ...line,
    seconds: points.map(({ at }) => at),
    values: points.map(({ value }) => value),
  }
}
