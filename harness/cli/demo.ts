import { Command } from 'commander'
import { findScenarios } from '../scenario/find-scenarios.ts'
import { reportsDir, scenariosDir } from '../scenario/paths.ts'
import { runSuites } from '../scenario/run-suites.ts'
import { ensurePrograms } from '../setup/ensure.ts'
import { programs } from '../setup/programs.ts'

export function demo(): Command {
  return new Command('demo')
    .description('Start the reference, run the smoke suite, write a report: the main job')
    .action(async () => {
      const wanted = programs.filter(({ wantedBy }) => wantedBy === 'demo')
      const { missing } = ensurePrograms(wanted, (line) => console.error(`liveproof: ${line}`))
      for (const { program, reason } of missing)
        console.error(
          `liveproof: no ${program.name} (${reason}): ${program.cost}. ` +
            `To get it: apt-get install ${program.debian.join(' ')}`,
        )
      const { run: ran, summary } = await runSuites({
        scenarios: findScenarios(scenariosDir, ['smoke']),
        target: 'reference',
        seed: 1,
        out: reportsDir,
        thresholds: [],
        command: 'liveproof demo',
      })
      process.exitCode = summary.exitCode
      // Workers of a run that was cut short may hang on for a while; nobody wants to wait.
      if (ran.interrupted) process.exit()
    })
}
