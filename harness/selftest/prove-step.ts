import { type Cell, prove } from '../prove/prove.ts'
import type { Step } from './step.ts'

/**
 * Every rule fails under its mutants and holds without them.
 * @param held filled by earlier steps with the rules that were seen to hold
 */
export function proveStep(held: ReadonlySet<string>): Step {
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
      const { catalogue } = first
      const named = (result: string) =>
        cells
          .filter((cell) => cell.result === result)
          .map(({ rule, mutant, actual }) => `${rule}, ${mutant}: ${actual}`)
      const failures = [...named('defect'), ...catalogue]
      return {
        passed: cells.filter(({ result }) => result === 'proven').length,
        failed: failures.length,
        skipped: named('skipped'),
        failures,
      }
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
