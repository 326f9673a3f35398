import type { Outcome } from '../conformance/rule.ts'
import type { RunRecord, ScenarioRecord, TargetColumn } from './run-record.ts'

type Cell = TargetColumn['cells'][string]

/** What says most about a rule comes first. */
const order: readonly Outcome[] = ['fail', 'invalid', 'warn', 'pass', 'info', 'skipped']

/** The same scenarios against several targets, side by side. The first target's column is first. */
export function compareTargets(records: readonly RunRecord[]): TargetColumn[] {
  const judgedIn = scenariosOfRules(records)
  return records.map(({ run, summary, scenarios }) => ({
    name: run.target.name,
    kind: run.target.kind,
    run: run.id,
    status: summary.status,
    cells: cellsOf(scenarios, judgedIn),
  }))
}

/** By rule, the scenarios that judged it on any target. */
function scenariosOfRules(records: readonly RunRecord[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { id, verdicts } of records.flatMap(({ scenarios }) => scenarios)) {
    for (const { rule } of verdicts) found.set(rule, (found.get(rule) ?? new Set()).add(id))
  }
  return found
}

function cellsOf(
  scenarios: readonly ScenarioRecord[],
  judgedIn: ReadonlyMap<string, ReadonlySet<string>>,
): Record<string, Cell> {
  const cells: Record<string, Cell> = {}
  const note = (rule: string, cell: Cell) => {
    const before = cells[rule]
    if (before && order.indexOf(before.outcome) <= order.indexOf(cell.outcome)) return
    cells[rule] = cell
  }
  for (const { status, verdicts } of scenarios) {
    for (const { rule, outcome, actual } of verdicts) {
      // What an unwell harness saw is neither good nor bad.
      note(rule, { outcome: status === 'invalid' ? 'invalid' : outcome, actual })
    }
  }
  // A scenario that could not run here would have judged these.
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]))
  for (const [rule, ids] of judgedIn) {
    for (const id of ids) {
      const scenario = byId.get(id)
      if (scenario?.status !== 'skipped') continue
      note(rule, { outcome: 'skipped', actual: scenario.reason ?? 'the scenario was skipped' })
    }
  }
  return cells
}
