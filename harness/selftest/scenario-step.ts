import { findScenarios } from '../scenario/find-scenarios.ts'
import { reportsDir, scenariosDir } from '../scenario/paths.ts'
import { runSuites } from '../scenario/run-suites.ts'
import type { Step } from './step.ts'

/** Suites against the reference: no MUST broken, no waiver, no invalid measurement. */
export function scenarioStep(suites: readonly string[]): Step {
  return {
    title: `suite ${suites.join(', ')}`,
    async run() {
      const { scenarios, summary } = await runSuites({
        scenarios: findScenarios(scenariosDir, suites),
        target: 'reference',
        seed: 1,
        out: reportsDir,
        thresholds: [],
        command: `liveproof test (${suites.join(' ')})`,
      })
      const failures = scenarios
        .filter(({ status }) => status === 'fail' || status === 'invalid')
        .map(({ suite, title, status, reason, error, verdicts }) => {
          const broken = verdicts
            .filter(({ outcome }) => outcome === 'fail')
            .map(({ rule }) => rule)
          return `${suite}: ${title}: ${status} ${reason ?? error?.message ?? broken.join(', ')}`
        })
      if (summary.exitCode !== 0 && failures.length === 0) failures.push(summary.sentence)
      return {
        passed: scenarios.filter(({ status }) => status === 'pass' || status === 'warn').length,
        failed: failures.length,
        skipped: scenarios
          .filter(({ status }) => status === 'skipped')
          .map(({ suite, title, reason }) => `${suite}: ${title}: ${reason ?? 'nothing judged'}`),
        failures,
      }
    },
  }
}
