import { join } from 'node:path'
import type { RunRecord, ScenarioRecord } from '../report/run-record.ts'
import { findScenarios, type ScenarioFile } from '../scenario/find-scenarios.ts'
import { reportsDir, root, scenariosDir } from '../scenario/paths.ts'
import { runSuites } from '../scenario/run-suites.ts'
import { rulesHeld } from './rules-held.ts'
import type { Step } from './step.ts'

/**
 * Suites against the reference: no MUST broken, no waiver. A scenario in which the harness was not
 * fit to measure says nothing, so it is measured once more; invalid twice is a failure.
 * What another step does already, `without` leaves out: ends of paths. `held` takes the rules that
 * were seen to hold.
 */
export function scenarioStep(
  suites: readonly string[],
  { without = [], held }: { without?: readonly string[]; held?: Set<string> } = {},
): Step {
  return {
    title: `${suites.length > 1 ? 'suites' : 'suite'} ${suites.join(', ')}`,
    async run() {
      const files = findScenarios(scenariosDir, suites).filter(
        ({ path }) => !without.some((end) => path.endsWith(end)),
      )
      const first = await run(files, suites)
      const invalid = new Set(
        first.scenarios.filter(({ status }) => status === 'invalid').map(({ file }) => file),
      )
      const again = files.filter(({ path }) =>
        [...invalid].some((file) => join(root, file) === path),
      )
      if (again.length === 0 || !first.run.complete) return result(first.scenarios, first, held)
      console.log(`\nmeasuring ${again.length} again that the harness could not vouch for`)
      const second = await run(again, suites)
      const kept = first.scenarios.filter(({ file }) => !invalid.has(file))
      return result([...kept, ...second.scenarios], second, held)
    },
  }
}

function run(scenarios: readonly ScenarioFile[], suites: readonly string[]) {
  return runSuites({
    scenarios,
    target: 'reference',
    seed: 1,
    out: reportsDir,
    thresholds: [],
    command: `liveproof test (${suites.join(' ')})`,
  })
}

function result(
  scenarios: readonly ScenarioRecord[],
  { run, summary }: Readonly<RunRecord>,
  held?: Set<string>,
) {
  for (const rule of rulesHeld(scenarios)) held?.add(rule)
  const failures = scenarios
    .filter(({ status }) => status === 'fail' || status === 'invalid')
    .map(({ suite, title, status, reason, error, verdicts }) => {
      const broken = verdicts.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule)
      return `${suite}: ${title}: ${status} ${reason ?? error?.message ?? broken.join(', ')}`
    })
  if (!run.complete) failures.push(summary.sentence)
  return {
    passed: scenarios.filter(({ status }) => status === 'pass' || status === 'warn').length,
    failed: failures.length,
    skipped: scenarios
      .filter(({ status }) => status === 'skipped')
      .map(({ suite, title, reason }) => `${suite}: ${title}: ${reason ?? 'nothing judged'}`),
    failures,
  }
}
