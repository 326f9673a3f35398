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

interface Card {
  readonly mark: Mark
  readonly element: HTMLElement
}

/** What to fix, one card per rule, then per scenario: the reason why most readers open the page. */
export function wentWrong(
  data: PageData,
  show: (scenario: PageScenario) => void,
): HTMLElement | undefined {
  const cards = [...ruleCards(data, show), ...otherCards(data, show)]
  if (cards.length === 0) return undefined
  const elements = cards.sort((a, b) => byUrgency(a.mark, b.mark)).map(({ element }) => element)
  return section('broken', 'What went wrong', el('div', 'cards', ...elements))
}

function ruleCards({ scenarios, rules }: PageData, show: (scenario: PageScenario) => void): Card[] {
  const breaches = scenarios
    .filter(({ status }) => status !== 'invalid')
    .flatMap((scenario) => scenario.verdicts.map((verdict) => ({ scenario, verdict })))
    .filter(({ verdict }) => verdict.outcome === 'fail' || verdict.outcome === 'warn')
  return [...Map.groupBy(breaches, ({ verdict }) => verdict.rule)]
    .map(([rule, found]) => ({ rule, found, worst: worstOf(found) }))
    .sort((a, b) => byUrgency(a.worst, b.worst) || b.found.length - a.found.length)
    .map(({ rule, found, worst }) => ({
      mark: worst,
      element: card(rule, worst, found, rules[rule], show),
    }))
}

/** Scenarios that ended badly for another reason than a rule; the same reason is said once. */
function otherCards({ scenarios }: PageData, show: (scenario: PageScenario) => void): Card[] {
  const failed = scenarios.filter(({ status, error }) => status === 'fail' && error !== undefined)
  const cards = [...Map.groupBy(failed, reasonOf)].map(([reason, alike]) => ({
    mark: 'fail' as const,
    element: otherCard('fail', reason, seenIn(alike, show)),
  }))
  const invalid = scenarios.filter(({ status }) => status === 'invalid')
  if (invalid.length === 0) return cards
  const title = `The harness cannot vouch for ${plural(invalid.length, 'scenario')}`
  return [
    ...cards,
    { mark: 'invalid', element: otherCard('invalid', title, reasons(invalid, show)) },
  ]
}

function otherCard(mark: Mark, title: string, content: HTMLElement): HTMLElement {
  return el(
    'article',
    `card ${mark}`,
    el('h3', {}, badge(mark), el('span', 'value', title)),
    content,
  )
}

function reasons(
  scenarios: readonly PageScenario[],
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const shown = scenarios
    .slice(0, SHOWN)
    .map((scenario) =>
      el('li', {}, linkTo(scenario, show), el('span', 'reason value', reasonOf(scenario))),
    )
  const rest = scenarios.length - SHOWN
  if (rest > 0) shown.push(el('li', 'minor', `and ${plural(rest, 'more scenario')}`))
  return el('ul', 'reasons', ...shown)
}

/** The whole of a long message stands with its scenario. */
function reasonOf({ status, reason, error }: PageScenario): string {
  const text =
    status === 'invalid' ? (reason ?? error?.message ?? '') : `${error?.code}: ${error?.message}`
  const [line = ''] = text.split('\n')
  return line.length > 240 ? `${line.slice(0, 240)}…` : line
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
    seenIn([...new Set(breaches.map(({ scenario }) => scenario))], show),
  )
}

const SHOWN = 3

function seenIn(
  scenarios: readonly PageScenario[],
  show: (scenario: PageScenario) => void,
): HTMLElement {
  const links = scenarios.slice(0, SHOWN).map((scenario) => el('li', {}, linkTo(scenario, show)))
  const rest = scenarios.length - SHOWN
  if (rest > 0) links.push(el('li', 'minor', `and ${plural(rest, 'more scenario')}`))
  return el('div', 'where', el('h4', {}, 'Seen in'), el('ul', {}, ...links))
}

function linkTo(scenario: PageScenario, show: (scenario: PageScenario) => void): HTMLElement {
  return el(
    'button',
    { class: 'link', attributes: { type: 'button' }, onclick: () => show(scenario) },
    scenario.title,
  )
}
