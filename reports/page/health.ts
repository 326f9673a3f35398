import type { PageData } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { figureText } from './format.ts'
import { type Mark, sign } from './outcome.ts'

type Health = PageData['health']
type Figure = Health['figures'][number]

function isPast({ value, limit }: Figure): boolean {
  return limit !== undefined && value > limit
}

/** Two lines for the header: well or not, and what came closest to the opposite. */
export function healthSummary({ status, causes, figures }: Health): HTMLElement {
  const past = figures.filter(isPast)
  const limited = figures.filter(({ limit }) => limit !== undefined)
  const [mark, first]: [Mark, string] =
    status === 'invalid'
      ? ['invalid', `invalid: ${causes.join('; ')}`]
      : past.length > 0
        ? ['invalid', 'past its limits in some scenarios']
        : ['pass', 'healthy']
  const second =
    past.length > 0
      ? past.map(lineOf).join(' · ')
      : limited.length > 0
        ? `${limited.length} of ${limited.length} figures within their limits`
        : 'not measured'
  return el('dd', {}, el('span', 'value', sign(mark), first), el('span', 'value minor', second))
}

function lineOf({ name, value, unit, limit }: Figure): string {
  const allowed = limit === undefined ? '' : ` (limit ${figureText(limit, unit)})`
  return `${name} ${figureText(value, unit)}${allowed}`
}

/** Every figure with its limit: why the measurements can be believed, or cannot. */
export function healthSection({ health }: PageData): HTMLElement | undefined {
  if (health.figures.length === 0) return undefined
  const rows = health.figures.map((figure) => {
    const { name, value, unit, limit } = figure
    const limitCell = limit === undefined ? 'none' : figureText(limit, unit)
    const mark: Mark = limit === undefined ? 'info' : isPast(figure) ? 'invalid' : 'pass'
    return el(
      'tr',
      {},
      el('th', { class: 'value', attributes: { scope: 'row' } }, sign(mark), name),
      el('td', isPast(figure) ? 'number bad' : 'number', figureText(value, unit)),
      el('td', 'number minor', limitCell),
    )
  })
  const heads = ['Figure', 'Worst of the run', 'Limit'].map((name, i) =>
    el('th', { class: i > 0 ? 'number' : '', attributes: { scope: 'col' } }, name),
  )
  const table = el('table', 'health-figures', el('thead', {}, el('tr', {}, ...heads)))
  table.append(el('tbody', {}, ...rows))
  return section(
    'health',
    'Harness health',
    el(
      'p',
      'minor',
      'Past a limit the harness itself may have been the bottleneck: the scenario is invalid.',
    ),
    el('div', 'scroll', table),
  )
}
