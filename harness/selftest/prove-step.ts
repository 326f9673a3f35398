import { prove } from '../prove/prove.ts'
import type { Step } from './step.ts'

/** Every rule fails under its mutants and holds without them. */
export function proveStep(): Step {
  return {
    title: 'every rule against its mutants',
    async run() {
      const { cells, catalogue } = await prove({
        selectors: [],
        signal: AbortSignal.timeout(15 * 60_000),
        onCell: ({ result }) => process.stdout.write(result === 'proven' ? '.' : '!'),
      })
      process.stdout.write('\n')
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
