import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { durationText, msText, plural } from './format.ts'
import { badge, type Mark, sign, words } from './outcome.ts'
import { scenarioBody } from './scenario-body.ts'

export interface ScenarioList {
  readonly element: HTMLElement
  /** Opens one scenario and brings it into sight, whatever the filter says. */
  show(scenario: PageScenario): void
}

export function scenarioList(data: PageData): ScenarioList {
  const items = new Map(
    data.scenarios.map((scenario, i) => [scenario, item(scenario, i + 1, data)]),
  )
  const chosen = new Set<Mark>()
  const shown = el('p', { class: 'minor shown', attributes: { role: 'status' } })

  const search = el('input', {
    attributes: { type: 'search', placeholder: 'Filter by text', 'aria-label': 'Filter by text' },
  })
  const apply = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/)
    let visible = 0
    for (const [scenario, element] of items) {
      const text = searchText(scenario)
      const fits =
        (chosen.size === 0 || chosen.has(scenario.status)) &&
        wanted.every((word) => text.includes(word))
      element.hidden = !fits
      if (fits) visible++
    }
    shown.textContent =
      visible === items.size
        ? plural(visible, 'scenario')
        : `${visible} of ${plural(items.size, 'scenario')}`
  }
  search.addEventListener('input', apply)

  const marks = [...new Set(data.scenarios.map(({ status }) => status))]
  const toggles = marks.map((mark) => statusToggle(mark, chosen, apply))
  const filter = el(
    'div',
    { class: 'filter', attributes: { role: 'search' } },
    search,
    el(
      'div',
      { class: 'toggles', attributes: { role: 'group', 'aria-label': 'Filter by status' } },
      ...toggles,
    ),
    shown,
  )
  apply()

  return {
    element: section(
      'scenarios',
      'Scenarios',
      items.size > 0 ? filter : el('p', 'minor', 'No scenario ran.'),
      el('div', 'scenario-list', ...items.values()),
    ),
    show(scenario) {
      const element = items.get(scenario)
      if (!element) return
      element.hidden = false
      element.open = true
      element.scrollIntoView({ block: 'start' })
      element.querySelector('summary')?.focus({ preventScroll: true })
    },
  }
}

function statusToggle(mark: Mark, chosen: Set<Mark>, apply: () => void): HTMLElement {
  return el(
    'button',
    {
      class: 'toggle',
      attributes: { type: 'button', 'aria-pressed': 'false' },
      onclick: ({ currentTarget }) => {
        if (!chosen.delete(mark)) chosen.add(mark)
        ;(currentTarget as HTMLElement).setAttribute('aria-pressed', String(chosen.has(mark)))
        apply()
      },
    },
    sign(mark),
    words[mark],
  )
}

function searchText(scenario: PageScenario): string {
  const { title, suite, file, profile, protocol, link, status, verdicts } = scenario
  const broken = verdicts.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
  return [title, suite, file, profile, protocol, link, status, ...broken.map(({ rule }) => rule)]
    .join('\n')
    .toLowerCase()
}

function item(scenario: PageScenario, place: number, data: PageData): HTMLDetailsElement {
  const { suite, profile, protocol, link, latency } = scenario
  const tags = [suite, profile, protocol, link].filter((tag) => tag !== undefined)
  const [first] = latency
  const details = el(
    'details',
    `scenario ${scenario.status}`,
    el(
      'summary',
      {},
      badge(scenario.status),
      el(
        'span',
        'title',
        el('span', 'place', `${place}`),
        el('span', 'value', scenario.title),
        el('span', 'tags', ...tags.map((tag) => el('span', 'tag', tag))),
      ),
      el('span', 'quick', first ? `p99 ${msText(first.p99)} ms` : ''),
      el('span', 'quick', durationText(scenario.durationMs)),
    ),
  )
  const fill = () => {
    if (details.open && details.childElementCount === 1) {
      details.append(scenarioBody(scenario, data.rules))
    }
  }
  details.addEventListener('toggle', fill)
  // On paper nobody can unfold what went wrong.
  addEventListener('beforeprint', () => {
    if (scenario.status === 'pass' || scenario.status === 'skipped') return
    details.open = true
    fill()
  })
  return details
}
