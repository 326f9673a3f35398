import type { PageData, PageScenario } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { atText } from './format.ts'

type Evidence = PageScenario['verdicts'][number]['evidence'][number]

export function sourceText({ source, level }: PageData['rules'][string]): string {
  const clause = source.clause ? `, ${source.clause}` : ''
  return `${source.document}${clause} (${level.toUpperCase()})`
}

export function evidenceList(evidence: readonly Evidence[]): HTMLElement | undefined {
  if (evidence.length === 0) return undefined
  const items = evidence.map(({ note, at, frame, bytes }) =>
    el(
      'li',
      {},
      at !== undefined && el('span', 'at', atText(at)),
      frame !== undefined && el('span', 'at', `frame ${frame}`),
      el('span', 'value', note),
      bytes !== undefined && el('code', 'bytes', spaced(bytes)),
    ),
  )
  return el('ul', { class: 'evidence', attributes: { 'aria-label': 'Evidence' } }, ...items)
}

/** Hex in pairs: 17 00 ff */
function spaced(hex: string): string {
  return hex.replaceAll(/[0-9a-f]{2}(?=[0-9a-f])/gi, '$& ')
}
