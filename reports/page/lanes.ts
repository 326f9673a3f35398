import { el } from './dom.ts'
import type { Happening, Lane } from './happening.ts'

/** Lanes that are shown; what happened to further viewers stands in the list. */
const MAX_LANES = 8
/** A moment takes up this share of the axis, so that two of them do not hide each other. */
const MOMENT_SHARE = 0.012

export interface Lanes {
  readonly element: HTMLElement
  /** Shows this part of the time, in s. */
  zoom(from: number, to: number): void
}

/** Bars above the charts, on the same time axis, one lane for each link, encoder and viewer. */
export function lanes(all: readonly Lane[], end: number): Lanes {
  const placed: { bar: HTMLElement; happening: Happening }[] = []
  const rows = all.slice(0, MAX_LANES).map(({ name, about, happenings }) => {
    const lines = packed(happenings, end * MOMENT_SHARE).map((line) =>
      el(
        'div',
        'lane-line',
        ...line.map((happening) => {
          const bar = barOf(happening)
          placed.push({ bar, happening })
          return bar
        }),
      ),
    )
    return el(
      'div',
      'lane',
      el(
        'p',
        'lane-name',
        el('strong', 'value', name),
        about !== '' && el('span', 'minor value', ` ${about}`),
      ),
      ...(lines.length > 0 ? lines : [el('div', 'lane-line')]),
    )
  })
  const zoom = (from: number, to: number) => {
    const place = (at: number) => (100 * (at - from)) / (to - from)
    for (const { bar, happening } of placed) {
      const left = Math.max(0, place(happening.from))
      const right = Math.min(100, place(happening.to))
      bar.hidden = left > 100 || right < 0
      bar.style.left = `${left}%`
      bar.style.width = `${Math.max(0, right - left)}%`
    }
  }
  zoom(0, end)
  const left = all.length - rows.length
  if (left > 0) rows.push(el('p', 'minor lane-name', `and ${left} more, in the list below`))
  return { element: el('div', 'lanes', ...rows), zoom }
}

function barOf({ from, to, tone, label, text }: Happening): HTMLElement {
  const when = from === to ? `${from.toFixed(2)} s` : `${from.toFixed(2)}–${to.toFixed(2)} s`
  return el(
    'span',
    {
      class: `lane-bar ${tone}${from === to ? ' moment' : ''}`,
      attributes: { title: `${text}, ${when}` },
    },
    from < to && el('span', {}, label),
  )
}

/** Lines in which nothing overlaps, filled from the first. */
function packed(happenings: readonly Happening[], least: number): Happening[][] {
  const lines: Happening[][] = []
  for (const happening of happenings.toSorted((a, b) => a.from - b.from)) {
    const free = lines.find((line) => {
      const last = line.at(-1)
      // What comes with the end of something may overlap it by a little.
      return !last || Math.max(last.to - least / 4, last.from + least) <= happening.from
    })
    if (free) free.push(happening)
    else lines.push([happening])
  }
  return lines
}
