import type { Cell } from './cells.ts'
import type { Proof } from './prove.ts'

/**
 * 1 for a defect; 3 when not one cell was proven, or the proof was cut short, for then the question
 * is open; otherwise 0.
 */
export function proofExitCode({ cells, catalogue }: Proof, cutShort: boolean): 0 | 1 | 3 {
  if (cutShort) return 3
  if (catalogue.length > 0 || cells.some(({ result }) => result === 'defect')) return 1
  return cells.some(({ result }) => result === 'proven') ? 0 : 3
}

/** One line for each reason: `REASON: rule, rule`. */
export function skippedFor(cells: readonly Cell[]): string[] {
  const rules = new Map<string, Set<string>>()
  for (const { rule, result, actual } of cells)
    if (result === 'skipped') rules.set(actual, (rules.get(actual) ?? new Set()).add(rule))
  return [...rules].map(([reason, of]) => `${reason}: ${[...of].join(', ')}`)
}
