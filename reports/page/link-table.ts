import type { PageLinkDirection, PageScenario } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { countText, msText } from './format.ts'

/** What the links did to packets, in numbers. */
export function linkTable({ links }: PageScenario): HTMLElement | undefined {
  if (links.length === 0) return undefined
  const heads = [
    'Link',
    'Offered',
    'Delivered',
    'Dropped',
    'Delay p50',
    'p99',
    'max',
    'Longest queue',
  ]
  const head = heads.map((name, place) =>
    el('th', { class: place > 0 ? 'number' : '', attributes: { scope: 'col' } }, name),
  )
  const rows = links.flatMap(({ name, up, down }) => [
    row(`${name}, up`, up),
    row(`${name}, down`, down),
  ])
  const table = el(
    'table',
    'links',
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...rows),
  )
  return el(
    'div',
    'block',
    el('h4', {}, 'What the links did, in packets and ms'),
    el('div', 'scroll', table),
  )
}

function row(name: string, direction: PageLinkDirection): HTMLElement {
  const { offered, delivered, delay, maxQueueBytes } = direction
  return el(
    'tr',
    {},
    el('th', { class: 'value', attributes: { scope: 'row' } }, name),
    el('td', 'number', countText(offered)),
    el('td', 'number', countText(delivered)),
    el('td', 'number', droppedText(direction)),
    el('td', 'number', msText(delay.p50)),
    el('td', 'number', msText(delay.p99)),
    el('td', 'number', msText(delay.max)),
    el('td', 'number', `${countText(maxQueueBytes)} bytes`),
  )
}

/** 133: blackout 121, loss 12 */
function droppedText({ dropped }: PageLinkDirection): string {
  const causes = Object.entries(dropped).filter(([, count]) => count > 0)
  if (causes.length === 0) return '0'
  const all = causes.reduce((sum, [, count]) => sum + count, 0)
  return `${countText(all)}: ${causes.map(([cause, count]) => `${cause} ${countText(count)}`).join(', ')}`
}
