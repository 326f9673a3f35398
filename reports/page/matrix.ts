import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { plural } from './format.ts'
import { byUrgency, type Mark, signs, words } from './outcome.ts'

/** `place` is the scenario's number in the list. */
interface Judged {
  readonly scenario: PageScenario
  readonly place: number
}

type Cells = Map<PageScenario, Mark>

/** Every rule against every scenario; broken rules first, then by family. */
export function matrixSection(
  data: PageData,
  show: (scenario: PageScenario) => void,
): HTMLElement | undefined {
  const rows = cellsByRule(data.scenarios)
  if (rows.size === 0) return undefined
  const judged = data.scenarios
    .map((scenario, i) => ({ scenario, place: i + 1 }))
    .filter(({ scenario }) => scenario.verdicts.length > 0)
  const size = `${plural(rows.size, 'rule')} × ${plural(judged.length, 'scenario')}`
  const details = el(
    'details',
    'matrix-fold',
    el('summary', {}, `${size}, broken rules first; the numbers are those of the scenarios below`),
  )
  const fill = () => {
    if (details.querySelector('table')) return
    details.append(el('div', 'scroll', matrix(data, rows, judged, show)))
  }
  details.addEventListener('toggle', fill)
  addEventListener('beforeprint', () => judged.length <= 24 && openWith(details, fill))
  if (judged.length <= 24) openWith(details, fill)
  return section('matrix', 'Rules and scenarios', details)
}

function openWith(details: HTMLDetailsElement, fill: () => void): void {
  fill()
  details.open = true
}

function cellsByRule(scenarios: readonly PageScenario[]): Map<string, Cells> {
  const rules = new Map<string, Cells>()
  for (const scenario of scenarios) {
    for (const { rule, outcome: said } of scenario.verdicts) {
      // What an unwell harness saw is neither good nor bad.
      const outcome = scenario.status === 'invalid' ? 'invalid' : said
      const cells = rules.get(rule) ?? new Map()
      const before = cells.get(scenario)
      if (before === undefined || byUrgency(outcome, before) < 0) cells.set(scenario, outcome)
      rules.set(rule, cells)
    }
  }
  return rules
}

/** 0 failed somewhere, 1 warned somewhere, 2 not broken. */
function urgency(cells: Cells): number {
  const seen = new Set(cells.values())
  return seen.has('fail') ? 0 : seen.has('warn') ? 1 : 2
}

function matrix(
  { rules }: PageData,
  rows: Map<string, Cells>,
  judged: readonly Judged[],
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const head = el(
    'tr',
    {},
    el('th', { attributes: { scope: 'col' } }, 'Rule'),
    ...judged.map(({ scenario, place }) =>
      el(
        'th',
        { attributes: { scope: 'col' } },
        el(
          'button',
          {
            class: 'link',
            attributes: { type: 'button', title: scenario.title, 'aria-label': scenario.title },
            onclick: () => show(scenario),
          },
          String(place),
        ),
      ),
    ),
  )
  const body = [...rows]
    .map(([rule, cells]) => ({ rule, cells, urgency: urgency(cells) }))
    .sort((a, b) => a.urgency - b.urgency || compare(a.rule, b.rule))
    .map(({ rule, cells }) =>
      el(
        'tr',
        {},
        el('th', { attributes: { scope: 'row', title: rules[rule]?.title ?? '' } }, rule),
        ...judged.map(({ scenario }) => cell(cells.get(scenario))),
      ),
    )
  return el('table', 'matrix', el('thead', {}, head), el('tbody', {}, ...body))
}

function cell(mark: Mark | undefined): HTMLElement {
  if (mark === undefined) return el('td', { attributes: { 'aria-label': 'Not judged' } })
  return el('td', { class: mark, attributes: { 'aria-label': words[mark] } }, signs[mark])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
