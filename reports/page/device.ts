import type { PageScenario } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { atText } from './format.ts'

/** What a real encoder said of itself, and its settings. */
export function deviceFacts({ device }: PageScenario): HTMLElement | undefined {
  if (device === undefined || device.facts.length === 0) return undefined
  const rows = device.facts.map(({ name, value, from }) => [name, value, from])
  return table('The encoder, as the wire tells', ['', 'Value', 'Read from'], rows)
}

/** What it was made to cope with. */
export function reactionTable({ reactions }: PageScenario): HTMLElement | undefined {
  if (reactions === undefined || reactions.length === 0) return undefined
  const rows = reactions.map(({ at, text, reaction }) => [
    at === undefined ? '–' : atText(at),
    text,
    reaction,
  ])
  return table('What was done to it', ['At', 'What was done', 'What it did'], rows)
}

function table(title: string, heads: readonly string[], rows: readonly string[][]): HTMLElement {
  const head = heads.map((name) => el('th', { attributes: { scope: 'col' } }, name))
  const body = rows.map(([first = '', ...rest]) =>
    el(
      'tr',
      {},
      el('th', { class: 'value', attributes: { scope: 'row' } }, first),
      ...rest.map((text) => el('td', 'value', text)),
    ),
  )
  const whole = el(
    'table',
    'verdicts',
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...body),
  )
  return el('div', 'block', el('h4', {}, title), el('div', 'scroll', whole))
}
