import type { LiveState, Moment } from '../../../harness/validate/live-state.ts'
import { el } from '../dom.ts'

interface Tile {
  readonly title: string
  readonly unit: string
  readonly value: (state: LiveState) => string | null
  /** What its line shows. */
  readonly line?: (moment: Moment) => number | null
}

const LOST = 'Lost on the way'
const fixed = (value: number | null, digits = 0) => value?.toFixed(digits) ?? null

const shown: readonly Tile[] = [
  {
    ...{ title: 'Video', unit: 'kbit/s', line: ({ videoKbps }) => videoKbps },
    value: ({ figures }) => fixed(figures.videoKbps),
  },
  { title: 'Audio', unit: 'kbit/s', value: ({ figures }) => fixed(figures.audioKbps) },
  {
    ...{ title: 'Frame rate', unit: 'fps', line: ({ frameRate }) => frameRate },
    value: ({ figures }) => fixed(figures.frameRate, 1),
  },
  { title: 'Key-frame interval', unit: 's', value: ({ figures }) => fixed(figures.gopSeconds, 2) },
  {
    ...{ title: 'Delay, by timestamps', unit: 'ms', line: ({ delayMs }) => delayMs },
    value: ({ figures }) => fixed(figures.delayMs),
  },
  {
    ...{ title: LOST, unit: 'packets', line: ({ lost }) => lost },
    value: ({ figures }) => fixed(figures.lost),
  },
  { title: 'Picture', unit: '', value: ({ figures }) => figures.size },
  { title: 'Connections', unit: '', value: ({ figures }) => String(figures.sessions) },
]

/** The figures of the moment, and the course of some of them. */
export function tiles() {
  const parts = shown.map((tile) => {
    const figure = el('span')
    const box = el(
      'div',
      'tile',
      el('h2', {}, tile.title),
      el('p', 'figure', figure, ' ', el('small', {}, tile.unit)),
    )
    const line = tile.line ? sparkLine(tile.title, tile.line) : null
    if (line) box.append(line.element)
    return { tile, figure, box, line }
  })
  return {
    element: el('div', 'tiles', ...parts.map(({ box }) => box)),
    show(state: LiveState): void {
      for (const { tile, figure, line, box } of parts) {
        const value = tile.value(state)
        // Over RTMP nothing tells what was lost on the way.
        box.hidden = value === null && tile.title === LOST
        figure.textContent = value ?? '–'
        line?.show(state.course)
      }
    },
  }
}

const WIDTH = 200
const HEIGHT = 34
const SVG = 'http://www.w3.org/2000/svg'

function sparkLine(title: string, of: (moment: Moment) => number | null) {
  const element = document.createElementNS(SVG, 'svg')
  element.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
  element.setAttribute('preserveAspectRatio', 'none')
  element.setAttribute('role', 'img')
  const line = document.createElementNS(SVG, 'polyline')
  element.append(line)
  return {
    element,
    show(course: readonly Moment[]): void {
      const points = course.flatMap((moment) => {
        const y = of(moment)
        return y === null ? [] : [{ x: moment.at, y }]
      })
      const first = points[0]?.x ?? 0
      const span = Math.max(1, (points.at(-1)?.x ?? 0) - first)
      const top = Math.max(1, ...points.map(({ y }) => y)) * 1.05
      const at = ({ x, y }: { x: number; y: number }) =>
        `${(((x - first) / span) * WIDTH).toFixed(1)},${(HEIGHT - 1 - (y / top) * (HEIGHT - 2)).toFixed(1)}`
      line.setAttribute('points', points.map(at).join(' '))
      element.setAttribute('aria-label', `${title}: the last ${Math.round(span)} s`)
    },
  }
}
