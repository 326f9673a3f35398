import type { LiveState } from '../../../harness/validate/live-state.ts'
import { el } from '../dom.ts'

/** What to enter in the device; folded once somebody has connected. */
export function addressForm() {
  const summary = el('summary', {}, 'What to enter in the encoder')
  const element = el('details', { class: 'form', attributes: { open: '' } }, summary)
  let filled = false
  let folded = false
  return {
    element,
    show({ addresses, phase }: LiveState): void {
      if (!filled) {
        filled = true
        for (const { fields } of addresses) {
          const rows = fields.flatMap(({ label, value }) => [
            el('dt', {}, label),
            el('dd', 'value', value),
          ])
          element.append(el('dl', {}, ...rows))
        }
      }
      if (folded || phase === 'waiting') return
      folded = true
      element.open = false
    },
  }
}
