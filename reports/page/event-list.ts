import type { PageScenario } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { atText, plural } from './format.ts'

/** Events that are listed; a hundred viewers that stall together have the same story. */
const MAX_EVENTS = 200

/** Everything that happened, in words, for those who cannot point at the lanes. */
export function eventList(marks: PageScenario['marks']): HTMLElement | undefined {
  if (marks.length === 0) return undefined
  const rows = marks
    .slice(0, MAX_EVENTS)
    .map(({ at, of, label, kind }) =>
      el(
        'li',
        {},
        el('span', 'at minor', atText(Math.max(0, at))),
        el('span', 'value', of),
        el('span', 'value', label.startsWith(kind) ? label : `${kind}: ${label}`),
      ),
    )
  if (marks.length > MAX_EVENTS)
    rows.push(el('li', 'minor', `and ${plural(marks.length - MAX_EVENTS, 'more event')}`))
  const fold = el(
    'details',
    'events',
    el('summary', {}, plural(marks.length, 'event')),
    el('ul', {}, ...rows),
  )
  addEventListener('beforeprint', () => {
    fold.open = marks.length <= 30
  })
  return fold
}
