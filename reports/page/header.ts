import type { PageData } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { countText, durationText, timeText, versionText } from './format.ts'
import { healthSummary } from './health.ts'
import { byUrgency, type Mark, sign, signs, words } from './outcome.ts'
import { themeToggle } from './theme.ts'

/** The verdict, and what it was found on: all that a reader of ten seconds takes away. */
export function header(data: PageData): HTMLElement {
  const { run, summary } = data
  return el(
    'header',
    {},
    el(
      'div',
      'brand',
      el('span', 'name', 'liveproof'),
      el('span', 'run-id', run.id),
      themeToggle(),
    ),
    el(
      'div',
      `verdict ${summary.status}`,
      el(
        'span',
        { class: 'verdict-sign', attributes: { 'aria-hidden': 'true' } },
        signs[summary.status],
      ),
      el('div', 'verdict-text', el('h1', {}, words[summary.status]), el('p', {}, summary.sentence)),
      el('div', 'exit-code', 'exit code ', el('strong', {}, String(summary.exitCode))),
    ),
    run.interrupted !== undefined && interruption(run.interrupted),
    el('div', 'figures', ...tallies(data)),
    facts(data),
  )
}

const causes = {
  signal: 'Interrupted by a signal',
  'target-crashed': 'The target crashed',
  'harness-error': 'The harness broke off',
}

function interruption({ cause, detail }: NonNullable<PageData['run']['interrupted']>): HTMLElement {
  return el(
    'p',
    'notice',
    el('strong', {}, causes[cause]),
    ': ',
    el('span', 'value', detail),
    '. What follows is all that was found until then.',
  )
}

function tallies({ summary }: PageData): HTMLElement[] {
  return [
    tally('Scenarios', Object.entries(summary.scenarios) as [Mark, number][]),
    tally('Rule verdicts', Object.entries(summary.verdicts) as [Mark, number][]),
  ]
}

function tally(title: string, counts: [Mark, number][]): HTMLElement {
  const total = counts.reduce((sum, [, n]) => sum + n, 0)
  const bar = el('div', { class: 'bar', attributes: { 'aria-hidden': 'true' } })
  const list = el('ul', 'counts')
  for (const [mark, n] of counts.toSorted(([a], [b]) => byUrgency(a, b))) {
    if (n === 0) continue
    const part = el('span', mark)
    part.style.flexGrow = String(n)
    bar.append(part)
    list.append(el('li', {}, sign(mark), el('strong', {}, countText(n)), words[mark].toLowerCase()))
  }
  return el('div', 'tally', el('h2', {}, title, ' ', el('b', {}, countText(total))), bar, list)
}

function facts({ run, health }: PageData): HTMLElement {
  const { host, tool, target } = run
  const versions = Object.entries(run.versions).map(
    ([name, version]) => `${name} ${versionText(version)}`,
  )
  const commit = tool.commit ? ` (${tool.commit})` : ''
  return el(
    'dl',
    'facts',
    ...fact(
      'Target',
      target.name === target.kind ? target.name : `${target.name} · ${target.kind}`,
      target.api,
    ),
    ...fact('Run', timeText(run.startedAt), `${durationText(run.durationMs)} · seed ${run.seed}`),
    ...fact('Command', run.command, `${tool.name} ${tool.version}${commit}`),
    ...fact(
      'Host',
      `${host.cpu}, ${host.cores} cores, ${(host.memoryMb / 1024).toFixed(1)} GiB`,
      `${host.os} · ${host.kernel}`,
    ),
    ...fact('Versions', `Node ${host.node.replace(/^v/, '')}`, versions.join(' · ')),
    el(
      'div',
      `fact health ${health.status}`,
      el('dt', {}, 'Harness health'),
      healthSummary(health),
    ),
  )
}

function fact(name: string, first: string, second: string): HTMLElement[] {
  return [
    el(
      'div',
      'fact',
      el('dt', {}, name),
      el('dd', {}, el('span', 'value', first), el('span', 'value minor', second)),
    ),
  ]
}
