import type { LiveState, LiveVerdict } from '../../../harness/validate/live-state.ts'
import { el } from '../dom.ts'
import { byUrgency, sign } from '../outcome.ts'

/** Each rule turns green or red while the encoder is watched; the broken ones come first. */
export function ruleGrid() {
  const element = el('div', 'rules')
  const known = new Map<string, { said: string; box: HTMLElement }>()
  return {
    element,
    show({ verdicts }: LiveState): void {
      for (const verdict of verdicts) {
        const said = `${verdict.outcome} ${verdict.actual}`
        if (known.get(verdict.rule)?.said === said) continue
        const box = ruleBox(verdict)
        known.get(verdict.rule)?.box.replaceWith(box)
        known.set(verdict.rule, { said, box })
      }
      const wanted = verdicts
        .toSorted((a, b) => byUrgency(a.outcome, b.outcome))
        .flatMap(({ rule }) => known.get(rule)?.box ?? [])
      const same = wanted.every((box, index) => element.children[index] === box)
      if (!same) element.replaceChildren(...wanted)
    },
  }
}

function ruleBox(verdict: LiveVerdict): HTMLElement {
  const { rule, outcome, title, expected, actual, advice, source } = verdict
  const broken = outcome === 'fail' || outcome === 'warn'
  return el(
    'div',
    { class: `rule ${outcome}`, attributes: { title: source } },
    sign(outcome),
    el(
      'div',
      {},
      el('code', {}, rule),
      el('p', 'value', title),
      broken && el('p', 'value', `expected: ${expected}`),
      el('p', 'minor value', broken ? `actual: ${actual}` : actual),
      broken && advice !== undefined && el('p', 'advice value', advice),
      broken && el('p', 'minor value', source),
    ),
  )
}
