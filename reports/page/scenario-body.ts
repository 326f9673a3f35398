import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { curveChart } from './charts.ts'
import { deviceFacts, reactionTable } from './device.ts'
import { el } from './dom.ts'
import { boundText, countText, msText } from './format.ts'
import { linkTable } from './link-table.ts'
import { loadCurve } from './load-curve.ts'
import { badge, byUrgency } from './outcome.ts'
import { startupBars } from './startup.ts'
import { timeline } from './timeline.ts'
import { evidenceList, sourceText } from './verdict-parts.ts'

export function scenarioBody(scenario: PageScenario, rules: PageData['rules']): HTMLElement {
  const { reason, error, file, latency, startup, artifacts } = scenario
  return el(
    'div',
    'body',
    reason !== undefined && el('p', 'notice value', reason),
    error !== undefined &&
      el('div', 'error', el('code', {}, error.code), el('pre', 'value', error.message)),
    deviceFacts(scenario),
    verdictTable(scenario, rules),
    loadCurve(scenario),
    reactionTable(scenario),
    timeline(scenario),
    linkTable(scenario),
    latency.length > 0 &&
      el(
        'div',
        'block',
        el('h4', {}, 'Latency distribution'),
        el('div', 'charts', ...latency.map((path) => latencyFigure(path))),
      ),
    startup.length > 0 &&
      el('div', 'block', el('h4', {}, 'Start-up'), ...startup.map((viewer) => startupBars(viewer))),
    artifacts.length > 0 && artifactList(artifacts),
    el('p', 'minor file', el('code', {}, file)),
  )
}

function verdictTable(
  { verdicts }: PageScenario,
  rules: PageData['rules'],
): HTMLElement | undefined {
  if (verdicts.length === 0) return undefined
  const head = ['Outcome', 'Rule', 'Expected', 'Actual'].map((name) =>
    el('th', { attributes: { scope: 'col' } }, name),
  )
  const rows = verdicts
    .toSorted((a, b) => byUrgency(a.outcome, b.outcome))
    .map((verdict) => {
      const about = rules[verdict.rule]
      const broken = verdict.outcome === 'fail' || verdict.outcome === 'warn'
      return el(
        'tr',
        verdict.outcome,
        el('td', {}, badge(verdict.outcome)),
        el(
          'th',
          { attributes: { scope: 'row' } },
          el('code', {}, verdict.rule),
          about !== undefined &&
            el(
              'span',
              'minor',
              el('span', 'value', about.title),
              ' ',
              el('span', 'source value', sourceText(about)),
            ),
        ),
        el('td', 'value', verdict.expected),
        el(
          'td',
          broken ? 'value actual' : 'value',
          verdict.actual,
          evidenceList(verdict.evidence),
          broken && about?.advice !== undefined && el('span', 'advice value', about.advice),
        ),
      )
    })
  const table = el(
    'table',
    'verdicts',
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...rows),
  )
  return el('div', 'block', el('h4', {}, 'Verdicts'), el('div', 'scroll', table))
}

function latencyFigure(path: PageScenario['latency'][number]): HTMLElement {
  const { p50, p95, p99, max, count, lost, errorBoundMs } = path
  const figures = `p50 ${msText(p50)} · p95 ${msText(p95)} · p99 ${msText(p99)} · max ${msText(max)} ms`
  const basis = `${countText(count)} samples, ${countText(lost)} lost, ± ${boundText(errorBoundMs)} ms`
  return el(
    'figure',
    {},
    el(
      'figcaption',
      {},
      el('strong', 'value', path.path),
      el('span', 'minor', ` ${path.from} → ${path.to}`),
      el('span', 'line', figures),
      el('span', 'line minor', basis),
    ),
    path.curve.length > 1 && curveChart(path),
  )
}

function artifactList(artifacts: PageScenario['artifacts']): HTMLElement {
  const items = artifacts.map(({ name, path, kind }) => {
    const href = localHref(path)
    const label = href
      ? el('a', { class: 'value', attributes: { href } }, name)
      : el('span', 'value', `${name}: ${path}`)
    return el('li', {}, label, el('span', 'minor', ` ${kind}`))
  })
  return el('div', 'block', el('h4', {}, 'Artifacts'), el('ul', {}, ...items))
}

/** Only a file below the folder of the report: no scheme, no host, no way up. */
function localHref(path: string): string | undefined {
  const parts = path.split('/')
  const plain = /^[\w.][\w. /-]*$/.test(path) && parts.every((part) => part !== '..' && part !== '')
  return plain ? parts.map(encodeURIComponent).join('/') : undefined
}
