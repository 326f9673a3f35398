import { relative } from 'node:path'
import { Command } from 'commander'
import pc from 'picocolors'
import { tellGithub } from '../report/github.ts'
import { summaryText } from '../report/terminal.ts'
import { writeMerged } from '../report/write-merged.ts'
import { reportsDir } from '../scenario/paths.ts'

export function merge(): Command {
  return new Command('merge')
    .description('Make one report of several runs: the shards of one, or the same on more machines')
    .argument('<runs...>', 'folders of runs, or their report.json')
    .option('--out <dir>', 'folder of reports', reportsDir)
    .action(async (runs: string[], options: { out: string }) => {
      const { record, absent, html } = await writeMerged(runs, options.out)
      for (const index of absent) console.log(`shard ${index} is missing: the run is not finished`)
      const colours = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported)
      console.log(summaryText(record, relative(process.cwd(), html), colours))
      tellGithub(record)
      process.exitCode = record.summary.exitCode
    })
}
