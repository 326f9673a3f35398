import { el } from './dom.ts'

export type Mark = 'pass' | 'warn' | 'fail' | 'info' | 'skipped' | 'invalid' | 'empty'

/** The sign stands beside the colour, for those who do not see it, and on paper. */
export const signs: Record<Mark, string> = {
  pass: '✓',
  warn: '!',
  fail: '✕',
  info: 'i',
  skipped: '–',
  invalid: '?',
  empty: '∅',
}

export const words: Record<Mark, string> = {
  pass: 'Pass',
  warn: 'Warning',
  fail: 'Fail',
  info: 'Info',
  skipped: 'Skipped',
  invalid: 'Invalid',
  empty: 'Nothing ran',
}

const order: readonly Mark[] = ['fail', 'invalid', 'warn', 'pass', 'info', 'skipped', 'empty']

/** What needs attention first. */
export function byUrgency(a: Mark, b: Mark): number {
  return order.indexOf(a) - order.indexOf(b)
}

export function badge(mark: Mark): HTMLElement {
  return el('span', `badge ${mark}`, sign(mark), words[mark])
}

export function sign(mark: Mark): HTMLElement {
  return el('span', { class: `sign ${mark}`, attributes: { 'aria-hidden': 'true' } }, signs[mark])
}
