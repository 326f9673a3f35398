import { Command, InvalidArgumentError } from 'commander'
import { parseThreshold } from '../measure/thresholds.ts'
import { findScenarios } from '../scenario/find-scenarios.ts'
import { reportsDir, scenariosDir } from '../scenario/paths.ts'
import { runSuites } from '../scenario/run-suites.ts'

interface RunOptions {
  target: string
  seed: number
  out: string
  threshold: string[]
  list?: boolean
}

export function run(): Command {
  return new Command('run')
    .description('Run suites or single scenarios against a target, and write a report')
    .argument('[what...]', 'suites, scenarios or suite/scenario; all of them when absent')
    .option('--target <file>', 'a file that describes a deployment, or "reference"', 'reference')
    .option('--seed <n>', 'for random choices', parseSeed, 1)
    .option('--out <dir>', 'folder of reports', reportsDir)
    .option('--threshold <text...>', "on every latency, such as 'p(95)<800ms'", [])
    .option('--list', 'only show which scenarios would run')
    .action(async (what: string[], options: RunOptions) => {
      const scenarios = findScenarios(scenariosDir, what)
      if (options.list) {
        for (const { suite, name } of scenarios) console.log(`${suite}/${name}`)
        return
      }
      for (const threshold of options.threshold) parseThreshold(threshold)
      const { run: ran, summary } = await runSuites({
        scenarios,
        target: options.target,
        seed: options.seed,
        out: options.out,
        thresholds: options.threshold,
        command: `liveproof run ${what.join(' ')}`.trim(),
      })
      process.exitCode = summary.exitCode
      // Workers of a run that was cut short may hang on for a while; nobody wants to wait.
      if (ran.interrupted) process.exit()
    })
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InvalidArgumentError('a whole number, please')
  return seed
}
