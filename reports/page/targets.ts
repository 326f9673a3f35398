import type { PageData } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { plural } from './format.ts'
import { badge, byUrgency, signs, words } from './outcome.ts'

type Column = NonNullable<PageData['targets']>[number]
type Cell = Column['cells'][string]

/** Every rule against every target that the same scenarios ran against. */
export function targetsSection({ targets, rules, run }: PageData): HTMLElement | undefined {
  if (!targets || targets.length < 2) return undefined
  const ids = [...new Set(targets.flatMap(({ cells }) => Object.keys(cells)))]
  const rows = ids
    .map((rule) => ({ rule, cells: targets.map(({ cells }) => cells[rule]) }))
    .sort((a, b) => byUrgency(worst(a.cells), worst(b.cells)) || (a.rule < b.rule ? -1 : 1))
  const head = el(
    'tr',
    {},
    el('th', { attributes: { scope: 'col' } }, 'Rule'),
    ...targets.map((column) => targetHead(column, run.id)),
  )
  const body = rows.map(({ rule, cells }) =>
    el(
      'tr',
      {},
      el('th', { attributes: { scope: 'row', title: rules[rule]?.title ?? '' } }, rule),
      ...cells.map(cell),
    ),
  )
  const table = el('table', 'matrix targets', el('thead', {}, head), el('tbody', {}, ...body))
  return section(
    'targets',
    'Targets',
    el(
      'p',
      'minor',
      `The same scenarios ran against ${targets.length} targets: ${plural(rows.length, 'rule')}, broken ones first. What a target does not offer is skipped, never failed.`,
    ),
    el('div', 'card scroll', table),
    ...targets.map(told),
  )
}

function targetHead({ name, status, run }: Column, shown: string): HTMLElement {
  const here = run === shown ? el('span', 'minor', 'this report') : undefined
  const link = here ?? el('a', { attributes: { href: `../${run}/index.html` } }, 'its report')
  return el('th', { attributes: { scope: 'col' } }, el('span', 'name', name), badge(status), link)
}

function cell(seen: Cell | undefined): HTMLElement {
  if (!seen) return el('td', { attributes: { 'aria-label': 'Not judged' } })
  const { outcome, actual } = seen
  return el(
    'td',
    { class: outcome, attributes: { title: actual } },
    el('span', { class: 'mark', attributes: { 'aria-hidden': 'true' } }, signs[outcome]),
    el('span', 'word', words[outcome]),
  )
}

/** What was seen of the rules that did not hold, and why others were not judged. */
function told({ name, cells }: Column): HTMLElement | undefined {
  const entries = Object.entries(cells).sort(
    ([a, x], [b, y]) => byUrgency(x.outcome, y.outcome) || (a < b ? -1 : 1),
  )
  const broken = entries.filter(([, { outcome }]) => /fail|warn|invalid/.test(outcome))
  const skipped = Map.groupBy(
    entries.filter(([, { outcome }]) => outcome === 'skipped'),
    ([, { actual }]) => actual,
  )
  if (broken.length + skipped.size === 0) return undefined
  return el(
    'details',
    'card target-told',
    el('summary', {}, `What was seen of ${name}`),
    el(
      'ul',
      {},
      ...broken.map(([rule, { outcome, actual }]) =>
        el('li', {}, badge(outcome), el('code', {}, rule), el('span', 'value', actual)),
      ),
      ...[...skipped].map(([reason, of]) =>
        el(
          'li',
          {},
          badge('skipped'),
          el('span', 'value', `${plural(of.length, 'rule')}: ${reason}`),
          el('span', 'minor', of.map(([rule]) => rule).join(', ')),
        ),
      ),
    ),
  )
}

/** What most needs attention in this row. */
function worst(cells: readonly (Cell | undefined)[]): Cell['outcome'] {
  const outcomes = cells.flatMap((seen) => (seen ? [seen.outcome] : []))
  return outcomes.sort(byUrgency)[0] ?? 'skipped'
}
