import type { Mutant } from '../conformance/rule.ts'

/** A mutant, with the rules that must notice it. */
export interface MutantCard {
  readonly mutant: Mutant
  readonly breaks: readonly string[]
}

interface RuleWithMutants {
  readonly id: string
  readonly level: string
  readonly mutants: readonly Mutant[]
}

export const nameOf = ({ kind, id }: Mutant): string => `${kind} ${id}`

/**
 * What is wrong with the catalogue itself, before anything runs: a rule that no mutant can break,
 * a mutant that no rule notices, and claims of the two sides that do not agree.
 * Info rules cannot be broken and need no mutant.
 */
export function catalogueDefects(
  rules: readonly RuleWithMutants[],
  mutants: readonly MutantCard[],
): string[] {
  const defects: string[] = []
  const cards = new Map(mutants.map((card) => [nameOf(card.mutant), card]))
  const ruleIds = new Set(rules.map(({ id }) => id))

  for (const rule of rules) {
    if (rule.mutants.length === 0 && rule.level !== 'info')
      defects.push(`${rule.id}: no mutant breaks it`)
    for (const mutant of rule.mutants) {
      const card = cards.get(nameOf(mutant))
      if (!card) defects.push(`${rule.id}: its mutant, ${nameOf(mutant)}, does not exist`)
      else if (!card.breaks.includes(rule.id))
        defects.push(`${rule.id}: ${nameOf(mutant)} does not say that it breaks it`)
    }
  }
  for (const { mutant, breaks } of mutants) {
    if (breaks.length === 0) defects.push(`${nameOf(mutant)}: breaks no rule`)
    for (const id of breaks)
      if (!ruleIds.has(id)) defects.push(`${nameOf(mutant)}: there is no rule ${id}`)
  }
  return defects
}

/** The mutants that concern the chosen rules (ids or families); all of them when none is chosen. */
export function chooseMutants(
  mutants: readonly MutantCard[],
  chosen: (ruleId: string) => boolean,
): MutantCard[] {
  return mutants.filter(({ breaks }) => breaks.some(chosen))
}
