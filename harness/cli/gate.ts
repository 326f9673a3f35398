import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import pc from 'picocolors'
import { gate as compare } from '../report/gate.ts'
import { gateText } from '../report/gate-text.ts'
import { readRunRecord } from '../report/render.ts'

export function gate(): Command {
  return new Command('gate')
    .description('Is a run worse than a baseline? For CI')
    .argument('<report>', 'report.json, or the folder of a run')
    .requiredOption('--baseline <report>', 'the run to compare with')
    .action((report: string, { baseline }: { baseline: string }) => {
      const result = compare(readRunRecord(fileOf(report)), readRunRecord(fileOf(baseline)))
      console.log(gateText(result, pc.createColors(pc.isColorSupported)))
      process.exitCode = result.exitCode
    })
}

function fileOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'report.json') : path
}
