import uPlot from 'uplot'
import type { PageLatency, PageSeries } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { msText } from './format.ts'
import { colour, onThemeChange } from './theme.ts'

type Options = Omit<uPlot.Options, 'width' | 'height'>

/** Where the percentile axis has its ticks; each step out is ten times rarer. */
const ticks = [0, 50, 90, 99, 99.9, 99.99]

/** Distance on the axis of percentile `p`: 0 → 0, 90 → 1, 99 → 2, 99.9 → 3. */
function rarity(p: number): number {
  return -Math.log10(1 - p / 100)
}

export function curveChart(latency: PageLatency): HTMLElement {
  const inner = latency.curve.filter(([p]) => p < 100)
  const end = Math.max(rarity(inner.at(-1)?.[0] ?? 0), 1) + 0.15
  const x = [...inner.map(([p]) => rarity(p)), end]
  const y = [...inner.map(([, ms]) => ms), latency.max]
  const label = `Latency by percentile: p50 ${msText(latency.p50)} ms, p99 ${msText(latency.p99)} ms`
  return chart(label, [x, y], (paint) => ({
    scales: { x: { time: false, range: [0, end] }, y: { range: fromZero } },
    axes: [
      {
        ...paint.axis,
        splits: () => ticks.map(rarity).filter((at) => at <= end),
        values: (_, splits) => splits.map((at) => `p${percentText(at)}`),
      },
      { ...paint.axis, size: 52, values: (_, values) => values.map((v) => `${v} ms`) },
    ],
    series: [
      { label: 'percentile', value: (_, at) => (at === null ? '' : `p${percentText(at)}`) },
      { ...paint.line, label: 'ms', value: (_, ms) => (ms === null ? '' : msText(ms)) },
    ],
  }))
}

function percentText(at: number): string {
  return String(Number((100 * (1 - 10 ** -at)).toFixed(3)))
}

/** One chart per series, under each other, with one cursor. */
export function timelineCharts(series: readonly PageSeries[]): HTMLElement[] {
  const cursor = { sync: { key: `timeline-${++timelines}` } }
  return series.map(({ name, unit, seconds, values, recorded }) =>
    el(
      'figure',
      {},
      el(
        'figcaption',
        {},
        el('strong', 'value', name),
        el('span', 'minor', ` ${unit}${thinnedText(values.length, recorded)}`),
      ),
      chart(`${name} over time, in ${unit}`, [seconds, values], (paint) => ({
        cursor,
        scales: { x: { time: false }, y: { range: fromZero } },
        axes: [
          { ...paint.axis, values: (_, at) => at.map((s) => `${s} s`) },
          { ...paint.axis, size: 52 },
        ],
        series: [
          { label: 's', value: (_, s) => (s === null ? '' : s.toFixed(2)) },
          { ...paint.line, label: unit, value: (_, v) => (v === null ? '' : String(v)) },
        ],
      })),
    ),
  )
}

/** A thinned line joins extremes, which the reader must know to read it. */
function thinnedText(shown: number, recorded: number): string {
  return shown < recorded
    ? `, lowest and highest of each stretch (${shown} of ${recorded} points)`
    : ''
}

let timelines = 0

function fromZero(_: uPlot, min: number, max: number): [number, number] {
  return [Math.min(0, min), max <= 0 ? 1 : max * 1.08]
}

interface Paint {
  readonly axis: uPlot.Axis
  readonly line: uPlot.Series
}

function paints(): Paint {
  const grid = { stroke: colour('line'), width: 1 }
  return {
    axis: {
      stroke: colour('minor'),
      font: '11px system-ui, sans-serif',
      grid,
      ticks: { ...grid, size: 4 },
    },
    line: {
      stroke: colour('accent'),
      fill: colour('accent-soft'),
      width: 1.5,
      points: { show: false },
    },
  }
}

const HEIGHT = 190

function chart(
  label: string,
  data: uPlot.AlignedData,
  optionsFor: (paint: Paint) => Options,
): HTMLElement {
  const box = el('div', { class: 'chart', attributes: { role: 'img', 'aria-label': label } })
  let plot: uPlot | undefined
  const draw = () => {
    const width = box.clientWidth
    if (width === 0) return
    plot?.destroy()
    plot = new uPlot({ ...optionsFor(paints()), width, height: HEIGHT }, data, box)
  }
  new ResizeObserver(() => {
    if (plot && box.clientWidth > 0) plot.setSize({ width: box.clientWidth, height: HEIGHT })
    else draw()
  }).observe(box)
  onThemeChange(draw)
  return box
}
