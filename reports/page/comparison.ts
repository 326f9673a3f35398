import type { Comparison } from '../../harness/report/compare.ts'
import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { ALLOWANCE_MS } from '../../harness/report/recovery.ts'
import { el, section } from './dom.ts'
import { countText, durationText, msText } from './format.ts'
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
      'One table for each link and seed, and for what was done to it. Latencies are of the frames that arrived, and like stalls in ms; the best of each column in its table is set in bold.',
    ),
    ...comparisons.map((comparison) => comparisonBlock(comparison, byId, show)),
    comparisons.some(hasRecovery) && el('p', 'minor footnote', RECOVERY),
  )
}

const RECOVERY = `Recovery: from the end of the last trouble until frames come again no later than the p95 from before the first one plus ${ALLOWANCE_MS} ms, and keep to that for a second, or until the scenario ends. Of a viewer that was ended, it counts through to the one that came in its place. Not within: so long the scenario went on in vain. A dash: the trouble lasted to the end, or too few frames came before it.`

type Row = Comparison['rows'][number]

interface Column {
  readonly name: string
  /** Null where there is none; the lowest is the best. */
  readonly figure: (row: Row) => number | null
  readonly text: (value: number) => string
  /** In place of a figure that is null. */
  readonly otherwise?: (row: Row) => string
}

function hasRecovery({ rows }: Comparison): boolean {
  return rows.some(({ recovery }) => recovery !== null)
}

const columns: readonly Column[] = [
  { name: 'p50', figure: ({ p50 }) => p50, text: msText },
  { name: 'p95', figure: ({ p95 }) => p95, text: msText },
  { name: 'p99', figure: ({ p99 }) => p99, text: msText },
  { name: 'Max', figure: ({ max }) => max, text: msText },
  { name: 'Stalls', figure: ({ stalls }) => stalls, text: countText },
  {
    name: 'Stalled',
    figure: ({ stalledMs }) => stalledMs,
    text: (ms) => (ms === 0 ? '0' : msText(ms)),
  },
  { name: 'Lost', figure: ({ lost }) => lost, text: countText },
]

const recovery: Column = {
  name: 'Recovery',
  figure: ({ recovery: seen }) => (seen && 'ms' in seen ? seen.ms : null),
  text: durationText,
  otherwise: ({ recovery: seen }) =>
    seen && 'notWithinMs' in seen ? `not within ${durationText(seen.notWithinMs)}` : '–',
}

function comparisonBlock(
  comparison: Comparison,
  byId: ReadonlyMap<string, PageScenario>,
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const { links, trouble, rows } = comparison
  const shown = hasRecovery(comparison) ? [...columns, recovery] : columns
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
          value === null ? column.otherwise?.(row) : column.text(value),
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
  { protocol, paths, title, status }: Row,
  scenario: PageScenario | undefined,
  show: (scenario: PageScenario) => void,
): HTMLElement {
  return el(
    'th',
    { attributes: { scope: 'row' } },
    el('span', 'value', `${protocol.toUpperCase()} → ${paths.join(', then ')}`),
    status !== 'pass' && sign(status),
    scenario !== undefined &&
      el(
        'button',
        { class: 'link minor', attributes: { type: 'button' }, onclick: () => show(scenario) },
        title,
      ),
  )
}
