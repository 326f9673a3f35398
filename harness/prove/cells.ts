import { type Finding, isBreach } from '../conformance/rule.ts'

/** One rule under one mutant, or under none. */
export interface Cell {
  readonly rule: string
  /** Name of the mutant, or `healthy`. */
  readonly mutant: string
  /** `proven`: broken under its mutant, or held without one. */
  readonly result: 'proven' | 'defect' | 'skipped'
  /** For `skipped`: the reason. */
  readonly actual: string
  /** Skipped for want of a program on this machine. */
  readonly lacking?: true
}

/** Nothing is wrong, so nothing may be broken; what cannot be judged here proves nothing. */
export function healthyCells(findings: ReadonlyMap<string, Finding>): Cell[] {
  return [...findings].map(([rule, finding]): Cell => {
    if (finding.result === 'skipped') return skippedCell(rule, 'healthy', finding)
    const result = isBreach(finding) ? 'defect' : 'proven'
    return { rule, mutant: 'healthy', result, actual: finding.actual }
  })
}

export function brokenCell(rule: string, mutant: string, finding: Finding): Cell {
  const { result, actual } = finding
  if (isBreach(finding)) return { rule, mutant, result: 'proven', actual }
  if (result === 'skipped') return skippedCell(rule, mutant, finding)
  return { rule, mutant, result: 'defect', actual: `not noticed: ${actual}` }
}

/** A bad profile breaks the rules that it names, and only those. */
export function profileCells(
  mutant: string,
  breaks: readonly string[],
  findings: ReadonlyMap<string, Finding>,
): Cell[] {
  const cells = breaks.map((rule) => {
    const finding = findings.get(rule)
    return finding
      ? brokenCell(rule, mutant, finding)
      : { rule, mutant, result: 'defect' as const, actual: 'not judged' }
  })
  for (const [rule, finding] of findings)
    if (isBreach(finding) && !breaks.includes(rule))
      cells.push({
        rule,
        mutant,
        result: 'defect',
        actual: `broken, but not meant to be: ${finding.actual}`,
      })
  return cells
}

function skippedCell(rule: string, mutant: string, { actual, lacking }: Finding): Cell {
  return { rule, mutant, result: 'skipped', actual, ...(lacking && { lacking }) }
}
