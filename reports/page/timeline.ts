import uPlot from 'uplot'
import type { PageScenario, PageSeries } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { eventList } from './event-list.ts'
import { type Happening, lanesOf } from './happening.ts'
import { lanes } from './lanes.ts'
import { type Panel, panelsOf } from './panels.ts'
import { chart, fromZero } from './plot.ts'
import { colour } from './theme.ts'

/** Lines in colours of their own; the others are grey. */
const COLOURS = 5
const HEIGHT = 150
/** Where every chart begins and ends, px; the lanes above have the same margins in the style sheet. */
const AXIS = 52
const RIGHT = 16
/** Of the axis with times, under the last chart, and of the others, px. */
const TIMES = { shown: 28, hidden: 8 }

/** One time axis for all: what happened on top, and under it what was measured meanwhile. */
export function timeline(scenario: PageScenario): HTMLElement | undefined {
  const panels = panelsOf(scenario)
  const told = lanesOf(scenario)
  if (panels.length === 0 && told.length === 0) return undefined
  const end = endOf(scenario, panels)
  const above = lanes(told, end)
  const moment = el('span', 'readout')
  const shared: Shared = {
    end,
    moment,
    happenings: told.flatMap(({ happenings }) => happenings),
    syncKey: `timeline-${++timelines}`,
    onZoom: above.zoom,
  }
  return el(
    'div',
    'block timeline',
    el('h4', {}, 'Timeline, in seconds since the scenario began ', moment),
    told.length > 0 && above.element,
    ...panels.map((panel, place) => panelFigure(panel, shared, place === panels.length - 1)),
    eventList(scenario.marks),
  )
}

/** uPlot's mode of joining in which a null spreads over what is missing beside it. */
const NULL_EXPAND = 2

interface Shared {
  /** s */
  readonly end: number
  readonly happenings: readonly Happening[]
  readonly syncKey: string
  /** Where the cursor is, in words. */
  readonly moment: HTMLElement
  onZoom(from: number, to: number): void
}

let timelines = 0

function endOf({ links, marks }: PageScenario, panels: readonly Panel[]): number {
  const ends = [
    ...panels.flatMap(({ lines }) => lines.map(({ seconds }) => seconds.at(-1) ?? 0)),
    ...links.map(({ to }) => to / 1000),
    ...marks.map(({ at, until = at }) => until / 1000),
  ]
  return Math.max(...ends, 0.001)
}

function panelFigure(panel: Panel, shared: Shared, isLast: boolean): HTMLElement {
  const { title, unit } = panel
  const lines = inColours(panel.lines)
  const readouts = lines.map(() => el('span', 'readout'))
  const legend = lines
    .slice(0, COLOURS)
    .map(({ line, tone }, place) =>
      el(
        'span',
        'key',
        el('span', { class: `swatch ${tone}`, attributes: { 'aria-hidden': 'true' } }),
        lines.length > 1 || line.name !== title ? el('span', 'value', line.name) : undefined,
        readouts[place],
      ),
    )
  const rest = lines.length - legend.length
  if (rest > 0) legend.push(el('span', 'key minor', `and ${rest} more in grey`))
  return el(
    'figure',
    {},
    el(
      'figcaption',
      {},
      el('strong', 'value', title),
      el('span', 'minor', ` ${shownUnit(unit)}${thinnedText(panel.lines)}`),
      el('span', 'keys', ...legend),
    ),
    panelChart(panel, lines, readouts, shared, isLast),
  )
}

interface ColouredLine {
  readonly line: PageSeries
  readonly tone: string
}

/** The highest lines stand out, because they are what one looks for; the rest is their background. */
function inColours(lines: readonly PageSeries[]): ColouredLine[] {
  const byHeight =
    lines.length > COLOURS ? lines.toSorted((a, b) => highest([b]) - highest([a])) : lines
  return byHeight.map((line, place) => ({
    line,
    tone: place < COLOURS ? `tone-${place + 1}` : 'tone-6',
  }))
}

function highest(lines: readonly PageSeries[]): number {
  return lines.reduce(
    (top, { values }) => values.reduce<number>((a, b) => Math.max(a, b ?? 0), top),
    0,
  )
}

function panelChart(
  { title, unit, lines: all }: Panel,
  lines: readonly ColouredLine[],
  readouts: readonly HTMLElement[],
  { end, happenings, syncKey, moment, onZoom }: Shared,
  isLast: boolean,
): HTMLElement {
  const data = uPlot.join(
    lines.map(({ line }): uPlot.AlignedData => [line.seconds, line.values]),
    // Where a line is broken it stays so over the points of the others.
    lines.map(() => [NULL_EXPAND, NULL_EXPAND]),
  ) as uPlot.AlignedData
  // What a link would let through may be far above what is sent, and would flatten it.
  const top = highest(all.filter(({ kind }) => kind !== 'rate'))
  const lone = lines.map((_, place) => lonePoints(data[place + 1] ?? []))
  const [first, last] = [data[0][0], data[0].at(-1)]
  const read = (plot: uPlot) => {
    const { idx, left = -1 } = plot.cursor
    moment.textContent = left < 0 ? '' : `${plot.posToVal(left, 'x').toFixed(2)} s`
    for (const [place, readout] of readouts.entries()) {
      const value = typeof idx === 'number' ? valueAt(data[place + 1], idx) : null
      readout.textContent = value === null ? '' : valueText(value, unit)
    }
  }
  return chart(
    `${title} over time, in ${unit}`,
    data,
    (paint) => ({
      cursor: { sync: { key: syncKey }, y: false },
      legend: { show: false },
      padding: [8, RIGHT, 0, 0],
      scales: {
        x: {
          time: false,
          // All of it unless somebody zoomed: the same for charts that begin or end elsewhere.
          range: (_, min, max) => (min === first && max === last ? [0, end] : [min, max]),
        },
        y: { range: (plot, min, max) => fromZero(plot, min, top > 0 ? top : max) },
      },
      axes: [
        {
          ...paint.axis,
          size: isLast ? TIMES.shown : TIMES.hidden,
          values: (_, at) => at.map((s) => (isLast ? `${s} s` : '')),
        },
        {
          ...paint.axis,
          size: AXIS,
          values: (_, values) => values.map((v) => valueText(v, unit, false)),
        },
      ],
      series: [
        {},
        ...(lines.map(({ line, tone }, place) => ({
          ...paint.line,
          points: { show: false, size: 4, filter: () => lone[place] ?? null },
          label: line.name,
          stroke: colour(tone),
          fill: lines.length === 1 ? paint.line.fill : undefined,
          ...(line.kind === 'rate'
            ? { paths: uPlot.paths.stepped?.({ align: 1 }), dash: [5, 4], width: 1 }
            : {}),
        })) as uPlot.Series[]),
      ],
      hooks: {
        drawClear: [(plot) => drawHappenings(plot, happenings)],
        setCursor: [read],
        setScale: [
          (plot, key) => {
            const { min, max } = plot.scales['x'] ?? {}
            if (key === 'x' && typeof min === 'number' && typeof max === 'number') onZoom(min, max)
          },
        ],
      },
    }),
    HEIGHT + (isLast ? TIMES.shown - TIMES.hidden : 0),
  )
}

/** What lasted as a ground, and moments as lines on it; stalls under bands, because they outlast them. */
function drawHappenings(plot: uPlot, happenings: readonly Happening[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  const colours = new Map<string, string>()
  const paint = (name: string) => {
    const value = colours.get(name) ?? colour(name)
    colours.set(name, value)
    return value
  }
  const depth = ({ from, to, tone }: Happening) =>
    from === to ? 3 : ['invalid', 'warn', 'fail'].indexOf(tone)
  for (const { from, to, tone } of happenings.toSorted((a, b) => depth(a) - depth(b))) {
    const left = plot.valToPos(from, 'x', true)
    const width = plot.valToPos(to, 'x', true) - left
    ctx.fillStyle = paint(from === to ? tone : `${tone}-soft`)
    ctx.fillRect(left, bbox.top, Math.max(devicePixelRatio, width), bbox.height)
  }
  ctx.restore()
}

/** Series do not share their points, so the value is the last one before. */
function valueAt(values: uPlot.AlignedData[number] | undefined, idx: number): number | null {
  for (let i = idx; i >= 0; i--) {
    const value = values?.[i]
    if (value !== undefined) return value
  }
  return null
}

function valueText(value: number, unit: string, withUnit = true): string {
  const shown = unit === 'bytes' ? value / 1000 : value
  const text = Number(shown.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 2 })
  return withUnit ? `${text} ${shownUnit(unit)}` : text
}

function shownUnit(unit: string): string {
  return unit === 'bytes' ? 'kB' : unit
}

/** Points between two breaks: no line leads to them, so they must be dots. */
function lonePoints(values: uPlot.AlignedData[number]): number[] {
  const told = [...values.entries()].filter(([, value]) => value !== undefined)
  return told.flatMap(([idx, value], place) => {
    const alone = (told[place - 1]?.[1] ?? null) === null && (told[place + 1]?.[1] ?? null) === null
    return value !== null && alone ? [idx] : []
  })
}

/** A thinned line joins extremes, which the reader must know to read it. */
function thinnedText(lines: readonly PageSeries[]): string {
  const shown = lines.reduce((sum, { values }) => sum + values.length, 0)
  const recorded = lines.reduce((sum, line) => sum + Math.max(line.recorded, line.values.length), 0)
  return shown < recorded
    ? `, lowest and highest of each stretch (${shown} of ${recorded} points)`
    : ''
}
