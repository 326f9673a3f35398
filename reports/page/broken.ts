import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { el, section } from './dom.ts'
import { plural } from './format.ts'
import { badge, byUrgency, type Mark } from './outcome.ts'
import { evidenceList, sourceText } from './verdict-parts.ts'

type Verdict = PageScenario['verdicts'][number]
interface Breach {
  readonly scenario: PageScenario
  readonly verdict: Verdict
}

/** What to fix, one card per rule: the reason why most readers open the page. */
export function brokenRules(
  { scenarios, rules }: PageData,
  show: (scenario: PageScenario) => void,
): HTMLElement | undefined {
  const breaches = scenarios
    .filter(({ status }) => status !== 'invalid')
    .flatMap((scenario) => scenario.verdicts.map((verdict) => ({ scenario, verdict })))
    .filter(({ verdict }) => verdict.outcome === 'fail' || verdict.outcome === 'warn')
  if (breaches.length === 0) return undefined
  const byRule = [...Map.groupBy(breaches, ({ verdict }) => verdict.rule)]
  const cards = byRule
    .map(([rule, found]) => ({ rule, found, worst: worstOf(found) }))
    .sort((a, b) => byUrgency(a.worst, b.worst) || b.found.length - a.found.length)
    .map(({ rule, found, worst }) => card(rule, worst, found, rules[rule], show))
  return section('broken', 'Broken rules', el('div', 'cards', ...cards))
}

function worstOf(breaches: readonly Breach[]): Mark {
  return breaches.some(({ verdict }) => verdict.outcome === 'fail') ? 'fail' : 'warn'
}

function card(
  rule: string,
  worst: Mark,
  breaches: readonly Breach[],
  about: PageData['rules'][string] | undefined,
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const example = breaches.find(({ verdict }) => verdict.outcome === worst)?.verdict
  return el(
    'article',
    `card ${worst}`,
    el('h3', {}, badge(worst), el('code', {}, rule)),
    about !== undefined && el('p', 'rule-title', about.title),
    example !== undefined &&
      el(
        'dl',
        'compare',
        el('dt', {}, 'Expected'),
        el('dd', 'value', example.expected),
        el('dt', {}, 'Actual'),
        el('dd', 'value actual', example.actual),
        ...(about?.advice ? [el('dt', {}, 'Advice'), el('dd', 'value', about.advice)] : []),
        ...(about ? [el('dt', {}, 'Source'), el('dd', 'value', sourceText(about))] : []),
      ),
    example !== undefined && evidenceList(example.evidence),
    where(breaches, show),
  )
}

const SHOWN = 3

function where(breaches: readonly Breach[], show: (scenario: PageScenario) => void): HTMLElement {
  const scenarios = [...new Set(breaches.map(({ scenario }) => scenario))]
  const links = scenarios
    .slice(0, SHOWN)
    .map((scenario) =>
      el(
        'li',
        {},
        el(
          'button',
          { class: 'link', attributes: { type: 'button' }, onclick: () => show(scenario) },
          scenario.title,
        ),
      ),
    )
  const rest = scenarios.length - SHOWN
  if (rest > 0) links.push(el('li', 'minor', `and ${plural(rest, 'more scenario')}`))
  return el('div', 'where', el('h4', {}, 'Seen in'), el('ul', {}, ...links))
}
