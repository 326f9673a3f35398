import { Command } from 'commander'
import pc from 'picocolors'
import { type Cell, prove as proveRules } from '../prove/prove.ts'
import { EXIT } from './exit-codes.ts'

export function prove(): Command {
  return new Command('prove')
    .description('Break every rule on purpose and check that it is noticed')
    .argument('[rule...]', 'ids or families; all rules when absent')
    .action(async (selectors: string[]) => {
      const abort = new AbortController()
      process.once('SIGINT', () => abort.abort('SIGINT'))
      const startedAt = Date.now()
      const { cells, catalogue } = await proveRules({
        selectors,
        signal: abort.signal,
        onCell: (cell) => console.log(lineOf(cell)),
      })
      for (const defect of catalogue) console.log(pc.red(`✗ catalogue: ${defect}`))
      console.log(matrixSummary(cells, catalogue.length, Date.now() - startedAt))
      const defects = cells.filter(({ result }) => result === 'defect').length + catalogue.length
      if (cells.length === 0 || abort.signal.aborted) process.exitCode = EXIT.environment
      else process.exitCode = defects > 0 ? EXIT.findings : EXIT.conformant
    })
}

function lineOf({ rule, mutant, result, actual }: Cell): string {
  const mark = { proven: pc.green('✓'), defect: pc.red('✗'), skipped: pc.yellow('–') }[result]
  const verb = mutant === 'healthy' ? 'holds' : 'broken by'
  const subject = mutant === 'healthy' ? '' : ` ${mutant.replace(/^\w+ /, '')}`
  return `${mark} ${rule.padEnd(34)} ${verb}${subject}  ${pc.dim(actual.slice(0, 110))}`
}

function matrixSummary(cells: readonly Cell[], catalogue: number, ms: number): string {
  const count = (result: Cell['result']) => cells.filter((cell) => cell.result === result).length
  const rules = new Set(cells.map(({ rule }) => rule)).size
  const mutants = new Set(cells.map(({ mutant }) => mutant).filter((name) => name !== 'healthy'))
  return (
    `\n${rules} rules, ${mutants.size} mutants: ${count('proven')} proven, ` +
    `${count('defect') + catalogue} defects, ${count('skipped')} skipped (${(ms / 1000).toFixed(0)} s)`
  )
}
