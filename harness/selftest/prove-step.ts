import type { Cell } from '../prove/cells.ts'
import { prove } from '../prove/prove.ts'
import { proofResult } from './proof-result.ts'
import type { Step } from './step.ts'

/**
 * Every rule fails under its mutants and holds without them.
 * @param held filled by earlier steps with the rules that were seen to hold
 * @param everyProgram a rule that a missing program keeps from being proven is a failure
 */
export function proveStep(held: ReadonlySet<string>, everyProgram: boolean): Step {
  return {
    title: 'every rule against its mutants',
    async run() {
      const first = await prove({
        selectors: [],
        signal: AbortSignal.timeout(15 * 60_000),
        held,
        onCell: ({ result }) => process.stdout.write(result === 'proven' ? '.' : '!'),
      })
      process.stdout.write('\n')
      // Several references at once can starve a probe that judges times: doubtful rules are proven
      // once more, with nothing else beside them but their own mutants.
      const doubtful = new Set(first.cells.filter(isDefect).map(({ rule }) => rule))
      const again = doubtful.size > 0 ? await proveAgain([...doubtful]) : []
      const cells = [...first.cells.filter(({ rule }) => !doubtful.has(rule)), ...again]
      return proofResult(cells, first.catalogue, everyProgram)
    },
  }
}

function isDefect({ result }: Cell): boolean {
  return result === 'defect'
}

async function proveAgain(selectors: readonly string[]): Promise<readonly Cell[]> {
  console.log(`proving again: ${selectors.join(', ')}`)
  const { cells } = await prove({
    selectors,
    signal: AbortSignal.timeout(5 * 60_000),
    onCell: ({ rule, mutant, result, actual }) =>
      console.log(`${result}  ${rule}, ${mutant}: ${actual}`),
  })
  return cells
}
