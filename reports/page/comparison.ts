import type { Comparison } from '../../harness/report/compare.ts'
import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { countText, msText } from './format.ts'
import { sign } from './outcome.ts'

/** Paths that met the same link and the same seed, side by side. */
export function comparisonSection(
  { comparisons, scenarios }: PageData,
  show: (scenario: PageScenario) => void,
): HTMLElement | undefined {
  if (comparisons.length === 0) return undefined
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]))
  return section(
    'comparison',
    'Comparison',
    el(
      'p',
      'minor',
      'Scenarios with the same links, seeds and troubles. Times in ms; recovery is from the end of the last trouble until frames come as early as before. The best of a column is set in bold.',
    ),
    ...comparisons.map((comparison) => comparisonBlock(comparison, byId, show)),
  )
}

type Row = Comparison['rows'][number]

interface Column {
  readonly name: string
  readonly figure: (row: Row) => number | null
  readonly text: (value: number) => string
}

const columns: readonly Column[] = [
  { name: 'p50', figure: ({ p50 }) => p50, text: msText },
  { name: 'p95', figure: ({ p95 }) => p95, text: msText },
  { name: 'p99', figure: ({ p99 }) => p99, text: msText },
  { name: 'Stalls', figure: ({ stalls }) => stalls, text: countText },
  { name: 'Stalled', figure: ({ stalledMs }) => stalledMs, text: msText },
  { name: 'Lost', figure: ({ lost }) => lost, text: countText },
  { name: 'Recovery', figure: ({ recoveryMs }) => recoveryMs, text: msText },
]

function comparisonBlock(
  { links, trouble, rows }: Comparison,
  byId: ReadonlyMap<string, PageScenario>,
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const shown = columns.filter(({ figure }) => rows.some((row) => figure(row) !== null))
  const best = new Map(shown.map((column) => [column, bestOf(column, rows)]))
  const heads = ['Path', ...shown.map(({ name }) => name)].map((name, place) =>
    el('th', { class: place > 0 ? 'number' : '', attributes: { scope: 'col' } }, name),
  )
  const body = rows.map((row) =>
    el(
      'tr',
      {},
      pathCell(row, byId.get(row.scenario), show),
      ...shown.map((column) => {
        const value = column.figure(row)
        const isBest = value !== null && value === best.get(column)
        return el(
          'td',
          `number${isBest ? ' strong' : ''}${value === null ? ' minor' : ''}`,
          value === null ? 'not seen' : column.text(value),
        )
      }),
    ),
  )
  return el(
    'div',
    'comparison',
    el(
      'h3',
      {},
      el('span', 'value', links),
      trouble !== '' && el('span', 'minor value', `: ${trouble}`),
    ),
    el(
      'div',
      'scroll',
      el('table', 'latency', el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...body)),
    ),
  )
}

/** Only where the rows differ and the harness vouches for the best one. */
function bestOf({ figure }: Column, rows: readonly Row[]): number | null {
  const values = rows.flatMap((row) => {
    const value = row.status === 'invalid' ? null : figure(row)
    return value === null ? [] : [value]
  })
  return new Set(values).size > 1 ? Math.min(...values) : null
}

function pathCell(
  { protocol, path, title, status }: Row,
  scenario: PageScenario | undefined,
  show: (scenario: PageScenario) => void,
): HTMLElement {
  return el(
    'th',
    { attributes: { scope: 'row' } },
    el('span', 'value', protocol === '' ? path : `${protocol.toUpperCase()} → ${path}`),
    status !== 'pass' && sign(status),
    scenario !== undefined &&
      el(
        'button',
        { class: 'link minor', attributes: { type: 'button' }, onclick: () => show(scenario) },
        title,
      ),
  )
}
