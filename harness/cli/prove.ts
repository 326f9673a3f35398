import { Command } from 'commander'
import pc from 'picocolors'
import type { Cell } from '../prove/cells.ts'
import { proofExitCode, skippedFor } from '../prove/outcome.ts'
import { prove as proveRules } from '../prove/prove.ts'

export function prove(): Command {
  return new Command('prove')
    .description('Break every rule on purpose and check that it is noticed')
    .argument('[rule...]', 'ids or families; all rules when absent')
    .action(async (selectors: string[]) => {
      const abort = new AbortController()
      process.once('SIGINT', () => abort.abort('SIGINT'))
      const startedAt = Date.now()
      const proof = await proveRules({
        selectors,
        signal: abort.signal,
        onCell: (cell) => console.log(lineOf(cell)),
      })
      const { cells, catalogue } = proof
      for (const defect of catalogue) console.log(pc.red(`✗ catalogue: ${defect}`))
      console.log(matrixSummary(cells, catalogue.length, Date.now() - startedAt))
      for (const line of skippedFor(cells)) console.log(pc.yellow(`skipped  ${line}`))
      if (!cells.some(({ result }) => result === 'proven')) console.log('Nothing is proven.')
      process.exitCode = proofExitCode(proof, abort.signal.aborted)
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
