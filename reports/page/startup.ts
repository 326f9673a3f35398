import type { PageScenario } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { msText } from './format.ts'

type Startup = PageScenario['startup'][number]

/** The stages of one viewer's start, end to end, in proportion. */
export function startupBars({ viewer, stages }: Startup): HTMLElement {
  const total = stages.reduce((sum, { ms }) => sum + ms, 0)
  const bar = el('div', { class: 'stages', attributes: { 'aria-hidden': 'true' } })
  const legend = el('ol', 'legend')
  for (const [i, { name, ms }] of stages.entries()) {
    const tone = `tone-${(i % 6) + 1}`
    const part = el('span', tone)
    part.style.flexGrow = String(ms)
    bar.append(part)
    legend.append(
      el(
        'li',
        {},
        el('span', `swatch ${tone}`),
        el('span', 'value', name),
        el('strong', {}, `${msText(ms)} ms`),
      ),
    )
  }
  return el(
    'figure',
    'startup',
    el('figcaption', {}, el('strong', 'value', viewer), ` first picture after ${msText(total)} ms`),
    bar,
    legend,
  )
}
