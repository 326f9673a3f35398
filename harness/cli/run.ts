import { Command, InvalidArgumentError, Option } from 'commander'
import { parseThreshold } from '../measure/thresholds.ts'
import type { LinkBackend } from '../network/link.ts'
import { chooseLinkBackend, LINK_BACKENDS } from '../network/link-backend.ts'
import { findScenarios } from '../scenario/find-scenarios.ts'
import { reportsDir, scenariosDir } from '../scenario/paths.ts'
import { runTargets } from '../scenario/run-targets.ts'
import { filesOfShard, parseShard, type Shard } from '../scenario/shard.ts'
import { EXIT } from './exit-codes.ts'

interface RunOptions {
  target: string[]
  seed: number
  out: string
  threshold: string[]
  linkBackend: LinkBackend
  list?: boolean
  shard?: Shard
}

export function run(): Command {
  return new Command('run')
    .description('Run suites or single scenarios against a target, and write a report')
    .argument('[what...]', 'suites, scenarios or suite/scenario; all of them when absent')
    .option(
      '--target <name>',
      '"reference", a peer (see `list targets`) or a file; may be repeated (default: reference)',
      (name: string, before: string[]) => [...before, name],
      [] as string[],
    )
    .option('--seed <n>', 'for random choices', parseSeed, 1)
    .option('--out <dir>', 'folder of reports', reportsDir)
    .option('--threshold <text...>', "on every latency, such as 'p(95)<800ms'", [])
    .addOption(
      new Option('--link-backend <backend>', 'what carries impaired links; netem is Linux’s own')
        .choices(LINK_BACKENDS)
        .default('proxy'),
    )
    .option('--shard <i/n>', 'only this part of the scenario files; see `merge`', parseShard)
    .option('--list', 'only show which scenarios would run')
    .action(async (what: string[], options: RunOptions) => {
      const chosen = findScenarios(scenariosDir, what)
      const part = options.shard && filesOfShard(chosen, options.shard)
      const scenarios = part?.files ?? chosen
      if (options.list) {
        for (const { suite, name } of scenarios) console.log(`${suite}/${name}`)
        return
      }
      chooseLinkBackend(options.linkBackend)
      for (const threshold of options.threshold) parseThreshold(threshold)
      const targets = [...new Set(options.target.length > 0 ? options.target : ['reference'])]
      const records = await runTargets({
        scenarios,
        targets,
        ...(part ? { shard: part.shard } : {}),
        seed: options.seed,
        out: options.out,
        thresholds: options.threshold,
        command: ['liveproof run', ...what, ...options.target.map((name) => `--target ${name}`)]
          .join(' ')
          .concat(options.shard ? ` --shard ${options.shard.index}/${options.shard.count}` : '')
          .trim(),
      })
      process.exitCode = worstExit(records.map(({ summary }) => summary.exitCode))
      // Workers of a run that was cut short may hang on for a while; nobody wants to wait.
      if (records.some(({ run: { interrupted } }) => interrupted)) process.exit()
    })
}

/** A finding stays one, whatever the harness could not vouch for elsewhere. */
function worstExit(codes: readonly number[]): number {
  return [EXIT.findings, EXIT.environment].find((code) => codes.includes(code)) ?? EXIT.conformant
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InvalidArgumentError('a whole number, please')
  return seed
}
