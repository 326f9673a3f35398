import uPlot from 'uplot'
import { el } from './dom.ts'
import { colour, onThemeChange } from './theme.ts'

type Options = Omit<uPlot.Options, 'width' | 'height'>

/** A scale that shows 0, so that heights compare. */
export function fromZero(_: uPlot, min: number, max: number): [number, number] {
  return [Math.min(0, min), max <= 0 ? 1 : max * 1.08]
}

export interface Paint {
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

/** A chart as wide as its place, drawn again when that or the colours change. */
export function chart(
  label: string,
  data: uPlot.AlignedData,
  optionsFor: (paint: Paint) => Options,
  height = HEIGHT,
): HTMLElement {
  const box = el('div', { class: 'chart', attributes: { role: 'img', 'aria-label': label } })
  let plot: uPlot | undefined
  const draw = () => {
    const width = box.clientWidth
    if (width === 0) return
    plot?.destroy()
    plot = new uPlot({ ...optionsFor(paints()), width, height }, data, box)
  }
  new ResizeObserver(() => {
    if (plot && box.clientWidth > 0) plot.setSize({ width: box.clientWidth, height })
    else draw()
  }).observe(box)
  onThemeChange(draw)
  return box
}
