import type { PageData, PageLatency, PageScenario } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { boundText, countText, msText, plural } from './format.ts'

const SHOWN = 10

interface Row {
  readonly scenario: PageScenario
  readonly latency: PageLatency
}

export function latencySection(
  { scenarios }: PageData,
  show: (scenario: PageScenario) => void,
): HTMLElement | undefined {
  const rows = scenarios.flatMap((scenario) =>
    scenario.latency.map((latency) => ({ scenario, latency })),
  )
  if (rows.length === 0) return undefined
  const table = latencyTable(rows.slice(0, SHOWN), rows, show)
  const content = el('div', 'scroll', table)
  const more =
    rows.length > SHOWN &&
    el(
      'button',
      {
        class: 'more',
        attributes: { type: 'button' },
        onclick: ({ currentTarget }) => {
          content.replaceChildren(latencyTable(rows, rows, show))
          ;(currentTarget as HTMLElement).remove()
        },
      },
      `Show all ${plural(rows.length, 'path')}`,
    )
  const note = 'All times in ms. Each figure is right to within ± its error bound.'
  return section('latency', 'Latency', el('p', 'minor', note), content, more)
}

function latencyTable(
  rows: readonly Row[],
  all: readonly Row[],
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const top = Math.max(...all.map(({ latency }) => latency.max))
  const heads = ['Path', 'p50', 'p95', 'p99', 'max', '± bound', 'Samples', 'Lost']
  const head = el(
    'tr',
    {},
    ...heads.map((name, i) =>
      el('th', { class: i > 0 ? 'number' : '', attributes: { scope: 'col' } }, name),
    ),
    el('th', { class: 'spread-head', attributes: { scope: 'col' } }, 'p50 to max, log scale'),
  )
  const body = rows.map(({ scenario, latency }) =>
    el(
      'tr',
      {},
      pathCell(scenario, latency, show),
      el('td', 'number strong', msText(latency.p50)),
      el('td', 'number', msText(latency.p95)),
      el('td', 'number strong', msText(latency.p99)),
      el('td', 'number', msText(latency.max)),
      el('td', 'number minor', boundText(latency.errorBoundMs)),
      el('td', 'number', countText(latency.count)),
      el('td', latency.lost > 0 ? 'number bad' : 'number', countText(latency.lost)),
      el('td', 'spread-cell', spread(latency, top)),
    ),
  )
  return el('table', 'latency', el('thead', {}, head), el('tbody', {}, ...body))
}

function pathCell(
  scenario: PageScenario,
  { path, from, to }: PageLatency,
  show: (scenario: PageScenario) => void,
): HTMLElement {
  return el(
    'th',
    { attributes: { scope: 'row' } },
    el('span', 'value', path),
    el('span', 'stages-of minor value', `${from} → ${to}`),
    el(
      'button',
      { class: 'link minor', attributes: { type: 'button' }, onclick: () => show(scenario) },
      scenario.title,
    ),
  )
}

/** A line from p50 over p99 to the largest sample; one scale for all rows, so they compare. */
function spread({ p50, p99, max }: PageLatency, top: number): HTMLElement {
  const floor = 0.1
  const place = (ms: number) =>
    (100 * Math.log(Math.max(ms, floor) / floor)) / Math.log(Math.max(top, 1) / floor)
  const line = el('div', { class: 'spread', attributes: { 'aria-hidden': 'true' } })
  for (const [name, from, to] of [
    ['usual', p50, p99],
    ['tail', p99, max],
  ] as const) {
    const part = el('span', name)
    part.style.left = `${place(from)}%`
    part.style.width = `${Math.max(0.8, place(to) - place(from))}%`
    line.append(part)
  }
  return line
}
