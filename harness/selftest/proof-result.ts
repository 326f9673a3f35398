import type { Cell } from '../prove/cells.ts'
import type { StepResult } from './step.ts'

/**
 * What a proof is worth as a step. Skipped cells are told, each with its reason.
 * @param everyProgram the machine must have every program, so that a cell skipped for want of one
 *   is a failure; what the machine was too slow or not allowed to do stays skipped
 */
export function proofResult(
  cells: readonly Cell[],
  catalogue: readonly string[],
  everyProgram: boolean,
): StepResult {
  const isFailure = ({ result, lacking }: Cell) =>
    result === 'defect' || (everyProgram && lacking === true)
  const failures = [...cells.filter(isFailure).map(lineOf), ...catalogue]
  return {
    passed: cells.filter(({ result }) => result === 'proven').length,
    failed: failures.length,
    skipped: cells.filter((cell) => cell.result === 'skipped' && !isFailure(cell)).map(lineOf),
    failures,
  }
}

function lineOf({ rule, mutant, actual }: Cell): string {
  return `${rule}, ${mutant}: ${actual}`
}
