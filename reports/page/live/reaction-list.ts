import type { LiveState } from '../../../harness/validate/live-state.ts'
import { el } from '../dom.ts'

export function reactionList() {
  const element = el('ul', 'events')
  let shown = ''
  return {
    element,
    show({ reactions }: LiveState): void {
      const said = JSON.stringify(reactions)
      if (said === shown) return
      shown = said
      const items = reactions.map(({ at, text, reaction }) =>
        el(
          'li',
          {},
          el('span', 'at', at === null ? '–' : `${at.toFixed(1)} s`),
          el('span', 'value', `${text}: ${reaction}`),
        ),
      )
      element.replaceChildren(
        ...(items.length > 0
          ? items
          : [el('li', {}, el('span', 'at', '–'), el('span', {}, 'nothing yet'))]),
      )
    },
  }
}
