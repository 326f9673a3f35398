import { join } from 'node:path'
import type { RunRecord, ScenarioRecord } from '../report/run-record.ts'
import { findScenarios, type ScenarioFile } from '../scenario/find-scenarios.ts'
import { reportsDir, root, scenariosDir } from '../scenario/paths.ts'
import { runSuites } from '../scenario/run-suites.ts'
import { rulesHeld } from './rules-held.ts'
import type { Step } from './step.ts'

/** How often a scenario is measured again for which the harness could not vouch. */
const MOST_AGAIN = 2

export interface ScenarioStepOptions {
  /** Ends of paths of files that another step does already. */
  readonly without?: readonly string[]
  /** Takes the rules that were seen to hold. */
  readonly held?: Set<string>
  /** Of the suites; the project's own unless told otherwise. */
  readonly folder?: string
  /** Of the reports; the project's own unless told otherwise. */
  readonly out?: string
}

/**
 * Suites against the reference: no MUST broken, no waiver. A scenario in which the harness was not
 * fit to measure says nothing, so it is measured again, with nothing beside it; what stays invalid
 * is a failure.
 */
export function scenarioStep(suites: readonly string[], options: ScenarioStepOptions = {}): Step {
  const { without = [], held, folder = scenariosDir, out = reportsDir } = options
  return {
    title: `${suites.length > 1 ? 'suites' : 'suite'} ${suites.join(', ')}`,
    async run() {
      const run = (scenarios: readonly ScenarioFile[], alone?: ReadonlySet<string>) =>
        runSuites({
          scenarios,
          target: 'reference',
          seed: 1,
          out,
          thresholds: [],
          command: `liveproof test (${suites.join(' ')})`,
          ...(alone ? { alone } : {}),
        })
      const files = findScenarios(folder, suites).filter(
        ({ path }) => !without.some((end) => path.endsWith(end)),
      )
      const byId = new Map<string, ScenarioRecord>()
      const note = (record: Readonly<RunRecord>) => {
        for (const scenario of record.scenarios) byId.set(scenario.id, scenario)
        return record
      }
      let last = note(await run(files))
      for (let again = 1; again <= MOST_AGAIN && last.run.complete; again++) {
        const invalid = [...byId.values()].filter(({ status }) => status === 'invalid')
        if (invalid.length === 0) break
        console.log(`\nmeasuring ${invalid.length} again that the harness could not vouch for`)
        const theirs = new Set(invalid.map(({ file }) => join(root, file)))
        const alone = new Set(invalid.map(({ id }) => id))
        last = note(
          await run(
            files.filter(({ path }) => theirs.has(path)),
            alone,
          ),
        )
      }
      return result([...byId.values()], last, held)
    },
  }
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
